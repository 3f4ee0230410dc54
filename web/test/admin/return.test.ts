import { describe, expect, it } from 'vitest';
import { START, safeReturn } from '../../src/admin/model/return';

const origin = 'https://hop.example:8443';

describe('after signing in', () => {
  it.each(['/admin/units?unit=3', '/admin/people', '/account', '/r/giao-ban', '/'])(
    '%s is gone back to',
    (asked) => {
      expect(safeReturn(asked, origin)).toBe(asked);
    },
  );

  it.each([
    'https://evil.example/admin',
    '//evil.example/admin',
    '/\\evil.example/admin',
    '\\\\evil.example',
    '/\t/evil.example/admin',
    '/.//evil.example',
    '/admin/..//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://hop.example/admin',
    '/api/v1/session',
    '/sign-in?return=/admin',
    'http://[',
    '',
    null,
  ])('%s is not', (asked) => {
    expect(safeReturn(asked, origin)).toBe(START);
  });

  it('a secret in a fragment goes nowhere', () => {
    expect(safeReturn('/r/giao-ban#secret', origin)).toBe('/r/giao-ban');
  });
});
