import { describe, expect, test } from 'vitest';
import { customersPrefix } from '../../../lib/commerce/shop-customers.ts';
import type { Shop } from '../../../lib/commerce/shops.ts';
import { shopOf } from './platforms/shopify/samples.ts';

const prefix = (profileId: string | undefined, others: Readonly<Record<string, Partial<Shop>>> = {}) =>
  customersPrefix(
    'demo',
    shopOf(profileId === undefined ? {} : { profileId }),
    new Map(Object.entries(others).map(([name, settings]) => [name, shopOf(settings)])),
  );

describe('the customers of a shop', () => {
  test('are those whose ids begin as its template does', () => {
    expect(prefix(undefined)).toBe('shopify:');
    expect(prefix('demo-{platform}-{customer}-x')).toBe('demo-shopify-');
    expect(prefix('a:{customer}', { other: { profileId: 'b:{customer}' } })).toBe('a:');
    expect(prefix(undefined, { woo: { platform: 'woocommerce' } })).toBe('shopify:');
  });

  test.each<[string, string, Readonly<Record<string, Partial<Shop>>>]>([
    ['another shop names them alike', '{platform}:{customer}', { other: {} }],
    ['those of another begin so too', 'a:{customer}', { other: { profileId: 'a:b:{customer}' } }],
    ['they begin as those of another', 'a:b:{customer}', { other: { profileId: 'a:{customer}' } }],
    ['another has no beginning of its own', 'a:{customer}', { other: { profileId: '{customer}' } }],
    ['they begin with nothing', '{customer}', {}],
    ['they begin as guests do', 'guest:{customer}', {}],
    ['guests begin as they do', 'gue{customer}', {}],
  ])('are not told by their ids where %s', (_, profileId, others) => {
    expect(() => prefix(profileId, others)).toThrow(/profile ids do not tell who is a customer of demo: .*list them/);
  });
});
