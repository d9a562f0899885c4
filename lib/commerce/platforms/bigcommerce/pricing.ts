import { decimal, sum } from '../../../contract/decimal.ts';
import { unitPrice } from '../../amount.ts';
import type { Money, Order } from '../../event.ts';
import type { Shop } from '../../shops.ts';
import type { OrderBody, Product, WholeOrder } from './whole-order.ts';

/** Which of the two amounts that an order states for everything count for a shop. */
export interface Pricing {
  priceOf(product: Product): Money;
  costsOf(order: OrderBody): Order['costs'];
}

/** Amounts with tax or without, as the shop says; `as-shop` takes them as the store enters its prices. */
export const pricingOf = ({ products }: Pick<WholeOrder, 'products'>, { prices }: Shop): Pricing => {
  const gross = prices === 'gross' || (prices === 'as-shop' && areEnteredGross(products));
  const suffix = gross ? 'inc_tax' : 'ex_tax';
  return {
    priceOf: (product) => unitPrice(product[`total_${suffix}`], product.quantity, product[`price_${suffix}`]),
    costsOf: (order) => {
      const costs = {
        shipping: [order[`shipping_cost_${suffix}`]],
        handling: [order[`handling_cost_${suffix}`]],
        wrapping: [order[`wrapping_cost_${suffix}`]],
        fees: (order.fees ?? []).map((fee) => fee[`cost_${suffix}`]),
      };
      const totals = Object.entries(costs).map(([name, amounts]) => [name, sum(amounts.map(decimal))] as const);
      return Object.fromEntries(
        totals.filter(([, total]) => total.gt(0)).map(([name, total]) => [name, total.toFixed()]),
      );
    },
  };
};

/** `base_price` repeats the price as it was entered; it tells something only where there is tax at all. */
const areEnteredGross = (products: readonly Product[]): boolean => {
  const taxed = products.filter((each) => !decimal(each.price_inc_tax).eq(each.price_ex_tax));
  return taxed.length > 0 && taxed.every((each) => decimal(each.base_price).eq(each.price_inc_tax));
};
