/** A line of a cart or an order, as far as it names what is sold. */
interface Sold {
  readonly id: string;
  readonly sku?: string | null | undefined;
  readonly variant_id?: string | undefined;
  readonly product_id?: string | undefined;
}

/** A line's sku, else its variant or product; a custom item has neither (commerce-platforms.md §9). */
export const skuOf = ({ id, sku, variant_id, product_id }: Sold): string => {
  if (sku?.trim()) return sku.trim();
  return variant_id ? `variant:${variant_id}` : product_id ? `product:${product_id}` : `line:${id}`;
};

/** The codes that the buyer used, each once. */
export const codesOf = (coupons: readonly { readonly code?: string | null | undefined }[] | null | undefined) => [
  ...new Set((coupons ?? []).map(({ code }) => code?.trim() ?? '').filter((code) => code !== '')),
];
