import { describe, expect, it } from 'vitest';
import { spanText } from '../src/shared/span';

describe('spanText', () => {
  it('says minutes and seconds as people do', () => {
    expect(spanText(118)).toBe('1 分 58 秒');
    expect(spanText(60)).toBe('1 分 00 秒');
    expect(spanText(9)).toBe('9 秒');
    expect(spanText(0)).toBe('0 秒');
  });
});
