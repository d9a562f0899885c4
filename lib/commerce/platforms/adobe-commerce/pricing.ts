import { InvalidRequestError } from '../../../contract/errors.ts';
import type { Money } from '../../event.ts';
import type { Shop } from '../../shops.ts';

type MaybeMoney = Money | null | undefined;

interface Prices {
  readonly price?: MaybeMoney;
  readonly price_incl_tax?: MaybeMoney;
  readonly base_price?: MaybeMoney;
  readonly base_price_incl_tax?: MaybeMoney;
  readonly row_total?: MaybeMoney;
  readonly row_total_incl_tax?: MaybeMoney;
  readonly base_row_total?: MaybeMoney;
  readonly base_row_total_incl_tax?: MaybeMoney;
}

interface Totals {
  readonly order_currency_code: string;
  readonly base_currency_code?: string | null | undefined;
  readonly shipping_amount?: MaybeMoney;
  readonly shipping_incl_tax?: MaybeMoney;
  readonly base_shipping_amount?: MaybeMoney;
  readonly base_shipping_incl_tax?: MaybeMoney;
  readonly grand_total?: MaybeMoney;
  readonly base_grand_total?: MaybeMoney;
  readonly total_paid?: MaybeMoney;
  readonly base_total_paid?: MaybeMoney;
}

/** Which of the amounts that Adobe Commerce states count for a shop. Undefined: the body does not have it. */
export interface Pricing {
  readonly currency: string;
  /** @throws InvalidRequestError when the line has no such price. */
  priceOf(item: Prices): Money;
  /** What all of a line comes to before discounts. */
  rowOf(item: Prices): MaybeMoney;
  shippingOf(order: Totals): MaybeMoney;
  /** What an order or a credit memo comes to. */
  totalOf(body: Pick<Totals, 'grand_total' | 'base_grand_total'>): MaybeMoney;
  paidOf(order: Totals): MaybeMoney;
}

/**
 * Amounts are stated in the currency that the buyer sees and in the store's own (`base_`): the one that is the shop's
 * counts (commerce-platforms.md §10), else the buyer's, for a person to see that it is another. Prices are stated without
 * tax, and with it where the shop says `gross`.
 */
export const pricingOf = ({ order_currency_code, base_currency_code }: Totals, shop: Shop): Pricing => {
  const isBase = order_currency_code !== shop.currency && base_currency_code === shop.currency;
  const gross = shop.prices === 'gross';
  const [base, taxed] = [isBase ? 'base_' : '', gross ? '_incl_tax' : ''] as const;
  return {
    currency: isBase ? shop.currency : order_currency_code,
    priceOf: (item) => {
      const field = `${base}price${taxed}` as const;
      const price = item[field];
      if (price !== undefined && price !== null) return price;
      const details = `a line has no ${field}, which is the price that counts for this shop`;
      throw new InvalidRequestError([{ title: 'required', details, source: { pointer: '/items' } }]);
    },
    rowOf: (item) => item[`${base}row_total${taxed}`],
    shippingOf: (order) => order[`${base}shipping${gross ? '_incl_tax' : '_amount'}`],
    totalOf: (body) => body[`${base}grand_total`],
    paidOf: (order) => order[`${base}total_paid`],
  };
};
