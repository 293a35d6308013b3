/** AMQP 1.0's descriptor of a data section. */
const dataSection = 0x75;

/** A data section as rhea decodes it; several of them have a list as their content. */
interface DataSection {
  readonly typecode: number;
  readonly content: unknown;
}

const isDataSection = (body: unknown): body is DataSection =>
  typeof body === 'object' && body !== null && (body as Partial<DataSection>).typecode === dataSection;

/**
 * The bytes of a message's body as rhea decodes it: those of its data sections, or of a text in UTF-8. They are what JMS,
 * STOMP and Lambda see of the same message. Undefined for a map, a list, a number or nothing, which other protocols show
 * in forms of their own.
 */
export const amqpBodyBytes = (body: unknown): Uint8Array | undefined => {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  if (!isDataSection(body)) return undefined;
  const parts = [body.content].flat();
  return parts.every((part) => part instanceof Uint8Array) ? Buffer.concat(parts) : undefined;
};
