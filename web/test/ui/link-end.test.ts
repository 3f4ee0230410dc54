import { describe, expect, it } from 'vitest';
import { linkEnd } from '../../src/ui/model/link-end';

describe('a link that ends', () => {
  it('is spoken of from five minutes before, again at one minute, and when it is over', () => {
    const at = (left: number) => linkEnd(1_000_000, 1_000_000 - left);
    expect(at(300_001)).toEqual({ name: 'far' });
    expect(at(300_000)).toEqual({ name: 'near', minutes: 5, left: 300_000 });
    expect(at(60_001)).toEqual({ name: 'near', minutes: 5, left: 60_001 });
    expect(at(60_000)).toEqual({ name: 'near', minutes: 1, left: 60_000 });
    expect(at(0)).toEqual({ name: 'over' });
    expect(at(-5)).toEqual({ name: 'over' });
  });

  it('that has no end is never spoken of', () => {
    expect(linkEnd(null, 1e15)).toEqual({ name: 'far' });
  });
});
