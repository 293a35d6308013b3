/** `████████░░░░` with `width` characters; a share beyond 1 is a full bar. */
export const progressBar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
};
