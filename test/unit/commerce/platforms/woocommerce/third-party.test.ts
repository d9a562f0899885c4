import { expect, test } from 'vitest';
import { readRefunds, returnsOf } from '../../../../../lib/commerce/platforms/woocommerce/refunds.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { describeThirdParty, thirdParty } from '../../../../support/third-party.ts';
import { type Body, interpret } from './samples.ts';

const SHOP = { shopId: 'https://example.com', currency: 'USD' };
const body = (file: string): Body => thirdParty(`woocommerce/${file}`);
const send = (content: Body, topic: string) => {
  const source = { 'x-wc-webhook-source': 'https://example.com/' };
  return interpret(content, topic, SHOP, source);
};

describeThirdParty('the bodies that WooCommerce documents', () => {
  test('an order of a guest, with tax and shipping, comes to what was charged', () => {
    const content = body('docs-order-guest-taxed-shipped.json');
    const [event] = send(content, 'order.created');
    if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
    const { order } = event;
    expect(event.version.updatedAt).toBe(`${content.date_modified_gmt}Z`);
    expect(order).toMatchObject({ id: String(content.id), currency: 'USD', payment: 'paid', cancelled: false });
    expect(order.lines.map(({ sku }) => sku)).toEqual([
      `product:${content.line_items[0].product_id}`,
      content.line_items[1].sku,
    ]);
    expect(order.buyer).toHaveProperty('guest');
    const goods = sum(order.lines.map(({ price, quantity }) => decimal(price).times(quantity)));
    const charged = sum([goods, ...Object.values(order.costs).map(decimal), decimal(content.total_tax)]);
    expect(charged.toFixed(2)).toBe(content.total);
    for (const personal of [content.billing.email, content.billing.last_name, content.billing.address_1]) {
      expect(JSON.stringify(event)).not.toContain(personal);
    }
  });

  test('a customer is the id and the country', () => {
    const content = body('docs-customer.json');
    expect(send(content, 'customer.updated')).toMatchObject([
      { type: 'customer', customer: { id: String(content.id), facts: { country: content.billing.country } } },
    ]);
  });

  test('a refund without lines is an amount', () => {
    const content = body('docs-order-refund.json');
    expect(returnsOf(readRefunds([content]), [])).toEqual([{ id: String(content.id), amount: '10', lines: [] }]);
  });
});
