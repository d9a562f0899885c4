// What others' payloads say was charged, against what becomes of them here (promise B36).

import { Cart as GeneratedCart, LineItem as GeneratedLine } from '@commercetools-test-data/cart';
import { Customer as GeneratedCustomer } from '@commercetools-test-data/customer';
import { Order as GeneratedOrder } from '@commercetools-test-data/order';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cart, CommerceEvent } from '../../../lib/commerce/event.ts';
import { cartOf, readCart } from '../../../lib/commerce/platforms/commercetools/cart.ts';
import { shopify } from '../../../lib/commerce/platforms/shopify/shopify.ts';
import { type Decimal, decimal, minorUnits, sum } from '../../../lib/contract/decimal.ts';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';
import { describeThirdParty, thirdParty } from '../../support/third-party.ts';
import * as commercetools from './platforms/commercetools/samples.ts';
import * as shopifySamples from './platforms/shopify/samples.ts';
import * as stripe from './platforms/stripe/fake-account.ts';
import { interpret as interpretWooCommerce } from './platforms/woocommerce/samples.ts';

type Body = shopifySamples.Body;

/** A payload's own figures, as its sender states them, in the shop's currency. */
interface Stated {
  readonly lines: Decimal;
  readonly costs: Decimal;
  readonly discounts: Decimal;
  /** Zero where prices have their tax in them. */
  readonly taxOnTop: Decimal;
  readonly charged: Decimal;
}

const addUp = ({ lines, costs, discounts, taxOnTop, charged }: Stated): boolean =>
  lines.plus(costs).minus(discounts).plus(taxOnTop).eq(charged);

/** What a session has of it, less what the sender took off, plus tax that came on top. */
const chargedBy = ({ lines, costs }: Cart, { discounts, taxOnTop }: Stated): Decimal =>
  sum([
    ...lines.map(({ price, quantity }) => decimal(price).times(quantity)),
    ...Object.values(costs).map(decimal),
    taxOnTop,
  ]).minus(discounts);

const expectSum = (content: Cart | undefined, stated: Stated, places = 2): void => {
  if (!content) throw new Error('nothing was read');
  expect(chargedBy(content, stated).toFixed(places)).toBe(stated.charged.toFixed(places));
};

const contentOf = (event: CommerceEvent | undefined): Cart | undefined =>
  event?.type === 'order' ? event.order : event?.type === 'cart' ? event.cart : undefined;

const amounts = (bodies: readonly Body[], amountOf: (body: Body) => Decimal): Decimal => sum(bodies.map(amountOf));

describe('Shopify’s documented bodies, of every version', () => {
  const shopifyFigures = (body: Body): Stated => ({
    lines: amounts(body.line_items, ({ price, quantity }) => decimal(price).times(quantity)),
    costs: amounts(body.shipping_lines, ({ price }) => decimal(price)),
    discounts: decimal(body.total_discounts),
    taxOnTop: decimal(body.taxes_included ? 0 : body.total_tax),
    charged: decimal(body.total_price),
  });
  const { checkout, order, refund, customer } = shopifySamples.FOLLOWED;
  const payloads = (topics: readonly string[]) =>
    shopifySamples.VERSIONS.flatMap((version) => topics.map((topic) => [topic, version] as const));
  const interpret = (topic: string, body: Body) =>
    shopify.interpret(shopifySamples.delivery(topic, body), shopifySamples.contextOf());

  test('are of thirteen versions', () => expect(shopifySamples.VERSIONS).toHaveLength(13));

  test.each(payloads([...order, ...checkout]))('%s of API %s comes to what was charged', (topic, version) => {
    const body = shopifySamples.sample(topic, version);
    expect(addUp(shopifyFigures(body))).toBe(true);
    const [event] = interpret(topic, body);
    expectSum(contentOf(event), shopifyFigures(body));
  });

  test('an order of any currency, with tax in its prices or on top, comes to what was charged', () => {
    const minor = fc.integer({ min: 0, max: 1_000_000 });
    const figures = fc.record({
      currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
      lines: fc.array(fc.tuple(minor, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 }),
      shipping: minor,
      off: minor,
      tax: minor,
      inclusive: fc.boolean(),
    });
    fc.assert(
      fc.property(figures, ({ currency, lines, shipping, off, tax, inclusive }) => {
        const places = minorUnits(currency);
        const text = (units: number) => decimal(`${units}e-${places}`).toFixed(places);
        const amount = (units: number) => ({
          price: text(units),
          price_set: { shop_money: { amount: text(units), currency_code: currency } },
        });
        const goods = lines.reduce((all, [price, quantity]) => all + price * quantity, 0);
        const discount = Math.min(off, goods);
        const total = text(goods + shipping - discount + (inclusive ? 0 : tax));
        const money = { shop_money: { amount: total, currency_code: currency } };
        const documented = shopifySamples.sample('orders/create');
        const body = {
          ...documented,
          currency,
          presentment_currency: currency,
          taxes_included: inclusive,
          line_items: lines.map(([price, quantity], index) => ({
            id: index + 1,
            sku: 'A',
            name: 'A',
            quantity,
            ...amount(price),
          })),
          shipping_lines: [
            { ...documented.shipping_lines[0], ...amount(shipping), price_set: amount(shipping).price_set },
          ],
          total_discounts: text(discount),
          total_tax: text(tax),
          total_price: total,
          total_price_set: money,
        };
        expect(addUp(shopifyFigures(body))).toBe(true);
        const [event] = shopify.interpret(
          shopifySamples.delivery('orders/create', body),
          shopifySamples.contextOf({ currency }),
        );
        expectSum(contentOf(event), shopifyFigures(body), places);
      }),
    );
  });

  test('that do not add up are the refunds: less money moved than their lines came to, and the money counts', () => {
    const paidBack = ({ transactions }: Body) => amounts(transactions, ({ amount }) => decimal(amount));
    const cameTo = ({ refund_line_items }: Body) =>
      amounts(refund_line_items, ({ subtotal, total_tax }) => decimal(subtotal).plus(total_tax));
    for (const [topic, version] of payloads(refund)) {
      const body = shopifySamples.sample(topic, version);
      expect(paidBack(body).eq(cameTo(body)), `${topic} of ${version}`).toBe(false);
      expect(interpret(topic, body)).toMatchObject([{ type: 'thin' }]);
      const [event] = interpret('orders/updated', {
        ...shopifySamples.sample('orders/updated', version),
        refunds: [body],
      });
      // Those without a payment say only what their lines came to.
      const expected = body.transactions.length > 0 ? paidBack(body) : cameTo(body);
      const [returned] = (event?.type === 'order' && event.order.returns) || [];
      expect(decimal(returned?.amount ?? 0).toFixed(2), `${topic} of ${version}`).toBe(expected.toFixed(2));
    }
  });

  test('about customers hold no sums', () => {
    for (const [topic, version] of payloads(customer)) {
      const told = interpret(topic, shopifySamples.sample(topic, version));
      expect(told).toMatchObject([{ type: 'customer' }]);
      expect(JSON.stringify(told)).not.toMatch(/total_spent|price|amount/);
    }
  });
});

const cents = ({ centAmount }: Body): Decimal => decimal(centAmount).div(100);
const full = ({ price, quantity }: Body): Decimal => cents((price.discounted ?? price).value).times(quantity);

const commercetoolsFigures = (body: Body): Stated => {
  const bought = body.lineItems.filter(({ lineItemMode }: Body) => lineItemMode !== 'GiftLineItem');
  const beside: readonly Body[] = body.customLineItems;
  const shipping: readonly Body[] = body.shippingInfo ? [body.shippingInfo] : [];
  const sold = beside.filter(({ money }) => cents(money).gt(0));
  const takenOff = beside.filter(({ money }) => cents(money).lt(0));
  const total = cents(body.totalPrice);
  const charged = body.taxedPrice ? cents(body.taxedPrice.totalGross) : total;
  return {
    lines: sum([...bought.map(full), ...sold.map(({ money, quantity }) => cents(money).times(quantity))]),
    costs: amounts(shipping, ({ price }) => cents(price)),
    discounts: sum([
      ...bought.map((line: Body) => full(line).minus(cents(line.totalPrice))),
      ...takenOff.map(({ totalPrice }) => decimal(0).minus(cents(totalPrice))),
      ...shipping.map(({ price, discountedPrice }) => cents(price).minus(cents(discountedPrice?.value ?? price))),
    ]),
    taxOnTop: charged.minus(total),
    charged,
  };
};

const readCommercetools = (kind: 'cart' | 'order', body: Body, currency = 'EUR'): Cart | undefined => {
  if (kind === 'cart') return cartOf(readCart(body), commercetools.contextOf({ currency }));
  const message = commercetools.message('OrderCreated', 'order', body.id, { order: body });
  return contentOf(commercetools.interpret(message, { currency })[0]);
};

describeThirdParty('carts and orders of a real project of commercetools', () => {
  test.each([
    ['cart', 'create-cart'],
    ['cart', 'update-cart'],
    ['cart', 'update-cart-with-coupon'],
    ['order', 'create-order'],
    ['order', 'update-order'],
  ] as const)('the %s of %s comes to what was charged', (kind, file) => {
    const body = (thirdParty(`commercetools/extension-${file}-event.json`) as Body).resource.obj;
    expect(addUp(commercetoolsFigures(body))).toBe(true);
    expectSum(readCommercetools(kind, body), commercetoolsFigures(body));
  });
});

describe('what the makers of commercetools generate', () => {
  const money = (centAmount: number) => commercetools.money(centAmount);
  const generated = {
    cart: () => GeneratedCart.random().buildRest<Body>(),
    order: () => GeneratedOrder.random().buildRest<Body>(),
  };

  test.each(['cart', 'order'] as const)('does not add up as it comes: a %s is read or refused', (kind) => {
    const body = generated[kind]();
    expect(addUp(commercetoolsFigures(body))).toBe(false);
    try {
      readCommercetools(kind, body, body.totalPrice.currencyCode);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidRequestError);
    }
  });

  test.each(['cart', 'order'] as const)('comes to what was charged with figures that add up: a %s', (kind) => {
    const amount = fc.integer({ min: 0, max: 100_000 });
    const part = fc.record({
      price: amount,
      quantity: fc.integer({ min: 1, max: 9 }),
      off: amount,
      gift: fc.boolean(),
    });
    const figures = fc.record({ parts: fc.array(part, { maxLength: 4 }), shipping: amount, off: amount, tax: amount });
    fc.assert(
      fc.property(figures, ({ parts, shipping, off, tax }) => {
        const lineItems: Body[] = parts.map(({ price, quantity, off, gift }) => ({
          ...GeneratedLine.random().buildRest<Body>(),
          price: { id: 'price', value: money(price) },
          quantity,
          totalPrice: money(gift ? 0 : Math.max(0, price * quantity - off)),
          lineItemMode: gift ? 'GiftLineItem' : 'Standard',
          priceMode: 'Platform',
        }));
        const shipped = Math.max(0, shipping - off);
        const total = lineItems.reduce((all, { totalPrice }) => all + totalPrice.centAmount, shipped);
        const body = {
          ...generated[kind](),
          lineItems,
          customLineItems: [],
          shippingInfo: { price: money(shipping), discountedPrice: { value: money(shipped) } },
          shipping: [],
          discountCodes: [],
          // Theirs lacks the key by which a store is named.
          store: null,
          totalPrice: money(total),
          taxedPrice: { totalGross: money(total + tax) },
        };
        expect(addUp(commercetoolsFigures(body))).toBe(true);
        expectSum(readCommercetools(kind, { ...body, cartState: 'Active' }), commercetoolsFigures(body));
      }),
      { numRuns: 20 },
    );
  });

  test('holds no sums where it is about a customer, who is read without the person', () => {
    const customer = GeneratedCustomer.random().buildRest<Body>();
    const told = commercetools.interpret(
      commercetools.message('CustomerCreated', 'customer', customer.id, { customer }),
    );
    expect(told).toMatchObject([{ type: 'customer', customer: { id: customer.id } }]);
    expect(JSON.stringify(told)).not.toContain(customer.email);
  });
});

describeThirdParty('the order that WooCommerce documents', () => {
  test('comes to what was charged', () => {
    const body = thirdParty('woocommerce/docs-order-guest-taxed-shipped.json') as Body;
    const stated: Stated = {
      lines: amounts(body.line_items, ({ subtotal }) => decimal(subtotal)),
      costs: amounts([...body.shipping_lines, ...body.fee_lines], ({ total }) => decimal(total)),
      discounts: decimal(body.discount_total),
      taxOnTop: decimal(body.prices_include_tax ? 0 : body.total_tax),
      charged: decimal(body.total),
    };
    expect(addUp(stated)).toBe(true);
    const settings = { shopId: 'https://example.com', currency: body.currency };
    const source = { 'x-wc-webhook-source': 'https://example.com/' };
    const [event] = interpretWooCommerce(body, 'order.created', settings, source);
    expectSum(contentOf(event), stated);
  });
});

describeThirdParty('sales of a real account of Stripe', () => {
  const objectOf = (name: string): Body => (thirdParty(`stripe/${name}.json`) as Body).data.object;
  const stripeFigures = (body: Body, total: number): Stated => ({
    lines: decimal(body.subtotal ?? body.amount_subtotal).div(100),
    costs: decimal(body.total_details?.amount_shipping ?? 0).div(100),
    discounts: decimal(body.total_details?.amount_discount ?? 0).div(100),
    // Their tax is in their prices: the total is what the lines came to.
    taxOnTop: decimal(0),
    charged: decimal(total).div(100),
  });
  const read = async (name: string, answers: Body): Promise<Cart | undefined> => {
    const account = await stripe.fakeAccount(answers);
    const delivery = stripe.deliveryOf(thirdParty(`stripe/${name}.json`));
    return contentOf((await stripe.read(account, delivery, { testOrders: 'apply' }))[0]);
  };

  test('a checkout comes to what was charged', async () => {
    const body = objectOf('checkout_session_completed');
    expect(addUp(stripeFigures(body, body.amount_total))).toBe(true);
    // An event does not hold its lines: the account is asked for them.
    const line = { id: 'li_1', description: 'Item', quantity: 1, amount_subtotal: body.amount_subtotal, price: null };
    const answer = {
      ...body,
      line_items: { object: 'list', data: [line], has_more: false },
      payment_intent: objectOf('payment_intent_succeeded'),
      invoice: null,
    };
    const content = await read(
      'checkout_session_completed',
      stripe.things({}, { [`/v1/checkout/sessions/${body.id}`]: answer }),
    );
    expectSum(content, stripeFigures(body, body.amount_total));
  });

  test('a renewal comes to what was charged', async () => {
    const body = objectOf('invoice_paid');
    expect(addUp(stripeFigures(body, body.total))).toBe(true);
    expectSum(await read('invoice_paid', { [`/v1/invoices/${body.id}`]: body }), stripeFigures(body, body.total));
  });
});
