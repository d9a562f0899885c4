import { expect, test } from 'vitest';
import type { Order } from '../../../../../lib/commerce/event.ts';
import { cartOf, readCart } from '../../../../../lib/commerce/platforms/commercetools/cart.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { describeThirdParty, thirdParty } from '../../../../support/third-party.ts';
import { type Body, contextOf, interpret, message } from './samples.ts';

// Carts, orders and customers of a real project, as its API extension was sent them.
const real = (file: string): Body => (thirdParty(`commercetools/extension-${file}-event.json`) as Body).resource.obj;

const cents = (money: Body) => decimal(money.centAmount).div(100);
const total = (lines: Order['lines']) => sum(lines.map(({ price, quantity }) => decimal(price).times(quantity)));

/** What others than the shop took off: the custom lines below zero. */
const takenOff = ({ customLineItems }: Body) =>
  sum(customLineItems.map(({ totalPrice }: Body) => cents(totalPrice)).filter((each: Body) => each.lt(0)));

describeThirdParty('what a real project sent', () => {
  test.each(['create-order', 'update-order'])('%s is the order of a guest, to the cent', (file) => {
    const obj = real(file);
    const [event] = interpret(message('OrderCreated', 'order', obj.id, { order: obj }));
    if (event?.type !== 'order') throw new Error(`it became ${event?.type}`);
    const { order } = event;
    expect(event.version).toMatchObject({ revision: obj.version });
    expect(order).toMatchObject({
      id: obj.id,
      session: `commercetools:demo:${obj.cart.id}`,
      buyer: { guest: `pseudonym-of-${Buffer.from('john.doe@example.com').toString('hex')}` },
      currency: 'EUR',
      payment: 'unpaid',
      cancelled: false,
    });
    expect(order.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual(
      obj.lineItems.map(({ variant, quantity }: Body) => [variant.sku, quantity]),
    );
    // Prices have their tax in them.
    expect(total(order.lines).plus(takenOff(obj)).toFixed()).toBe(cents(obj.totalPrice).toFixed());
    expect(JSON.stringify(event)).not.toMatch(/john|Tom|12-123|@/);
  });

  test.each(['create-cart', 'update-cart', 'update-cart-with-coupon'])('%s is the cart, to the cent', (file) => {
    const obj = real(file);
    const cart = cartOf(readCart(obj), contextOf());
    expect(cart).toMatchObject({ session: `commercetools:demo:${obj.id}`, currency: 'EUR' });
    const charged = total(cart?.lines ?? []).plus(takenOff(obj));
    expect(charged.toFixed()).toBe(cents(obj.totalPrice).toFixed());
    // What an integration put in for nothing is not bought.
    expect(cart?.lines.every(({ price }) => decimal(price).gt(0))).toBe(true);
    expect(JSON.stringify(cart)).not.toContain('@');
  });

  test.each(['create-customer', 'update-customer'])('%s is the customer without the person', (file) => {
    const obj = real(file);
    const [event] = interpret(message('CustomerCreated', 'customer', obj.id, { customer: obj }));
    expect(event).toMatchObject({ type: 'customer', customer: { id: obj.id } });
    expect(event?.type === 'customer' && event.customer.facts).toEqual(
      file === 'update-customer' ? { country: 'PL' } : {},
    );
    for (const personal of [obj.email, obj.password, 'John']) expect(JSON.stringify(event)).not.toContain(personal);
  });
});
