import { expect, test } from 'vitest';
import { mimeOf } from '../src/wall/codec';

/** Configuration boxes as FFmpeg writes them, behind a box that has nothing to do with them. */
function segment(hex: string): Uint8Array {
  return Uint8Array.from((`0000000866726565${hex}`.match(/../g) ?? []).map((byte) => parseInt(byte, 16)));
}

const AVC = '0000002d61766343014d401fffe10016674d401fda014016e840000003004000000ca3c60ca801000468ef3c';
const HEVC = '0000097c687663430101600000009000000000003ff000fcfdf8f800000f04200001001840010c01ffff0160';

test('H.264 is named by profile, compatibility and level', () => {
  expect(mimeOf(segment(AVC))).toBe('video/mp4; codecs="avc1.4d401f"');
});

test('H.265 is named by profile, reversed compatibility, tier, level and constraints', () => {
  expect(mimeOf(segment(HEVC))).toBe('video/mp4; codecs="hvc1.1.6.L63.90"');
});

test('sound is named beside the picture', () => {
  expect(mimeOf(segment(`${AVC}000000246d703461`.concat('00')))).toBe('video/mp4; codecs="avc1.4d401f,mp4a.40.2"');
});

test('a segment without a video configuration has no name', () => {
  expect(mimeOf(segment('000000086d646174'))).toBeNull();
});
