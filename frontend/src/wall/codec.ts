/** Where a box of this type begins its content, or -1. The type is looked for anywhere in the segment. */
function contentOf(segment: Uint8Array, type: string): number {
  const [a, b, c, d] = [...type].map((letter) => letter.charCodeAt(0));
  for (let at = 4; at + 4 < segment.length; at += 1) {
    if (segment[at] === a && segment[at + 1] === b && segment[at + 2] === c && segment[at + 3] === d) return at + 4;
  }
  return -1;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** ISO/IEC 14496-15 §5.3.3.1: version, profile, compatibility, level. */
function avc(config: Uint8Array): string {
  return `avc1.${[...config.subarray(1, 4)].map(hex).join('')}`;
}

function reversedBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed >>> 0;
}

/** ISO/IEC 14496-15 §8.3.3.1 and annex E: profile, compatibility (bits reversed), tier and level, constraint bytes. */
function hevc(config: Uint8Array): string {
  const view = new DataView(config.buffer, config.byteOffset);
  const first = view.getUint8(1);
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const compatibility = reversedBits(view.getUint32(2)).toString(16);
  const constraints = [...config.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  const parts = [`hvc1.${space}${first & 0x1f}`, compatibility, `${tier}${view.getUint8(12)}`, ...constraints.map((byte) => byte.toString(16))];
  return parts.join('.').toUpperCase().replace('HVC1', 'hvc1');
}

/** The MIME type for MSE of an fMP4 init segment (RFC 6381), for nodes that do not announce it; null when unknown. */
export function mimeOf(init: Uint8Array): string | null {
  const codecs: string[] = [];
  const avcAt = contentOf(init, 'avcC');
  const hevcAt = contentOf(init, 'hvcC');
  if (avcAt > 0) codecs.push(avc(init.subarray(avcAt)));
  else if (hevcAt > 0) codecs.push(hevc(init.subarray(hevcAt)));
  else return null;
  if (contentOf(init, 'mp4a') > 0) codecs.push('mp4a.40.2');
  return `video/mp4; codecs="${codecs.join(',')}"`;
}
