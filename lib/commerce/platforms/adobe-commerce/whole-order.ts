/** What must be told of an order, be it as null: what is not told is not known. */
const ORDER = ['entity_id', 'quote_id', 'state', 'coupon_code', 'customer_id', 'items', 'updated_at', 'grand_total'];
const LINE = ['item_id', 'parent_item_id', 'sku', 'qty_ordered', 'price'];

/** Before that, nothing is paid, and the field is not there yet. */
const UNPAID_STATES = new Set<unknown>(['new', 'pending_payment', 'canceled']);

/**
 * Whether the merchant chose enough of an order's fields for a picture of it (commerce-platforms.md §5); else it has to
 * be read. Credit memos are never in it, and another currency or tax needs amounts that few choose.
 */
export const isWholeOrder = (value: Readonly<Record<string, unknown>>, currency: string, gross: boolean): boolean => {
  const { items, state, total_refunded, customer_id } = value;
  const amounts = gross ? ['shipping_incl_tax'] : ['shipping_amount'];
  const price = gross ? ['price_incl_tax'] : [];
  return (
    has(value, [...ORDER, ...amounts]) &&
    (UNPAID_STATES.has(state) || has(value, ['total_paid'])) &&
    (Boolean(customer_id) || has(value, ['customer_email'])) &&
    value.order_currency_code === currency &&
    state !== 'closed' &&
    !(Number(total_refunded) > 0) &&
    Array.isArray(items) &&
    items.every((item: unknown) => typeof item === 'object' && item !== null && has(item, [...LINE, ...price]))
  );
};

const has = (value: object, names: readonly string[]): boolean => names.every((name) => Object.hasOwn(value, name));
