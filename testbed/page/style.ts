import { Markup } from './html.ts';

/** The page's whole style: one column of text, colours that mean something, light and dark. */
export const style = new Markup(`
:root{color-scheme:light dark;
--paper:#fcfcfa;--ink:#1c1d1f;--soft:#565a60;--rule:#d9dad6;--track:#eeeeea;
--serving:#2f6f9f;--on-serving:#fff;--closed:#b9c4cc;--on-closed:#22282d;--off:#dedfdb;--on-off:#33363a;
--work:#5f6b76;--on-work:#fff;--wait:#cfd4d8;--on-wait:#22282d;--trouble:#b3382c;--on-trouble:#fff;
--good:#23704a;--bad:#a92f24;--warn:#8a5a00;--line-1:#2f6f9f;--line-2:#a8561b}
@media (prefers-color-scheme:dark){:root{
--paper:#15171a;--ink:#e9e9e6;--soft:#a6abb1;--rule:#363a3f;--track:#1f2226;
--serving:#3f86bb;--on-serving:#06121b;--closed:#4d5a64;--on-closed:#f2f4f5;--off:#30343a;--on-off:#d7dade;
--work:#8b98a4;--on-work:#10151a;--wait:#3a4147;--on-wait:#dfe3e6;--trouble:#e0685c;--on-trouble:#1d0705;
--good:#6cc495;--bad:#f08a80;--warn:#e2b25c;--line-1:#6cb0e2;--line-2:#e5985c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
header,main,footer{max-width:60rem;margin:0 auto;padding:0 1rem}
header{padding-top:2.5rem}
footer{padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
h1{font-size:1.75rem;line-height:1.2;margin:.1rem 0 .75rem;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;margin:3rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--rule);font-weight:650}
h3{font-size:1rem;margin:1.75rem 0 .25rem;font-weight:650}
p{margin:.5rem 0;max-width:44rem}
.kicker,.note{color:var(--soft);font-size:.875rem}
.kicker{margin:0}
.outcome{font-size:1.25rem;font-weight:600;margin:.5rem 0}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(3,1fr);gap:1.25rem 2rem;margin:1.75rem 0 0;padding:1.25rem 0 0;border-top:1px solid var(--rule)}
.figures div{display:flex;flex-direction:column}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:0}
.figures .value{font-size:1.75rem;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.figures .more{color:var(--soft);font-size:.875rem}
figure{margin:1rem 0 1.5rem}
figcaption{color:var(--soft);font-size:.875rem;margin-bottom:.35rem;max-width:44rem}
.chart{display:block;overflow:visible;font:12px/1 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
.chart .axis{fill:var(--soft);font-variant-numeric:tabular-nums}
.chart .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.chart .grid{stroke:var(--rule)}.chart .base{stroke:var(--soft)}
.chart .lane{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.chart .track{fill:var(--track)}
.chart .marker{stroke:var(--ink);stroke-dasharray:2 3}
.chart .marker-label{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.bar{stroke:var(--paper);stroke-width:1px}
.serving{fill:var(--serving)}.closed{fill:var(--closed)}.off{fill:var(--off)}.work{fill:var(--work)}.wait{fill:var(--wait)}.trouble{fill:var(--trouble)}
.on-serving{fill:var(--on-serving)}.on-closed{fill:var(--on-closed)}.on-off{fill:var(--on-off)}.on-work{fill:var(--on-work)}.on-wait{fill:var(--on-wait)}.on-trouble{fill:var(--on-trouble)}
.tick-serving{stroke:var(--serving)}.tick-closed{stroke:var(--closed)}.tick-off{stroke:var(--off)}.tick-work{stroke:var(--work)}.tick-wait{stroke:var(--soft)}.tick-trouble{stroke:var(--trouble);stroke-width:2px}
.line{fill:none;stroke-width:1.75;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.line-1{stroke:var(--line-1)}.line-2{stroke:var(--line-2);stroke-dasharray:5 3}
.area-1{fill:var(--line-1)}.area-2{fill:var(--line-2)}
.close-up .chart+.chart{margin-top:-.35rem}
.keys>span{white-space:nowrap;margin-right:.9em}
.key{display:inline-block;width:.85em;height:.85em;margin-right:.3em;vertical-align:-.08em}
.key.serving{background:var(--serving)}.key.closed{background:var(--closed)}.key.off{background:var(--off)}.key.work{background:var(--work)}.key.wait{background:var(--wait)}.key.trouble{background:var(--trouble)}.key.line-1{background:var(--line-1)}.key.line-2{background:var(--line-2)}
.scroll{overflow-x:auto;margin:.75rem 0}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--serving);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.35rem}
th,td{text-align:left;vertical-align:top;padding:.4rem 1rem .4rem 0;border-bottom:1px solid var(--rule)}
th{font-weight:600}thead th{color:var(--soft);font-weight:500;font-size:.875rem;white-space:nowrap}
tbody th{font-weight:500}
td.number,th.number{text-align:right;white-space:nowrap}
.short{white-space:nowrap}
details{margin:.75rem 0}summary{cursor:pointer;color:var(--soft);font-size:.9375rem}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{overflow-x:auto;background:var(--track);padding:.75rem 1rem;margin:.75rem 0}
ul{padding-left:1.25rem;margin:.5rem 0}
li{margin:.25rem 0}
ul.probes{list-style:none;padding:0}.probes li{display:grid;grid-template-columns:7.5rem 1fr;gap:0 1rem;padding:.5rem 0;border-bottom:1px solid var(--rule);margin:0}.probes strong{font-weight:600}
@media (max-width:45rem){.wide-only{display:none}header{padding-top:1.5rem}h1{font-size:1.5rem}.figures{grid-template-columns:1fr 1fr;gap:1rem}.figures .value{font-size:1.375rem}.probes li{grid-template-columns:1fr}}
@media print{body{font-size:11pt}details{display:none}}
`);
