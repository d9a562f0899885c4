import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Shop } from '../../shops.ts';

/**
 * Checks that `X-WC-Webhook-Source` is the shop's address: one secret may have been given to several shops. Whether it is
 * written with https, in capitals or with a last slash makes no difference.
 *
 * @throws UnauthorizedError
 */
export const assertSource = (source: string | undefined, { shopId }: Shop): void => {
  const address = addressOf(source);
  if (address === undefined || address !== addressOf(shopId)) throw new UnauthorizedError();
};

interface Linked {
  readonly _links?: { readonly self?: readonly { readonly href: string }[] | null | undefined } | null | undefined;
}

/**
 * Checks the address that a body gives itself, which unlike the header is signed: it is below the shop's. A body without
 * one says nothing.
 *
 * @throws UnauthorizedError
 */
export const assertLinks = ({ _links }: Linked, { shopId }: Shop): void => {
  const shop = addressOf(shopId);
  for (const { href } of _links?.self ?? []) {
    const address = addressOf(href);
    if (address !== shop && !address?.startsWith(`${shop}/`)) throw new UnauthorizedError();
  }
};

/** Host, port and path, or undefined for what is no address. */
const addressOf = (text: string | undefined): string | undefined => {
  const url = URL.parse(/^https?:\/\//i.test(text ?? '') ? (text ?? '') : `https://${text}`);
  return url && text ? `${url.host}${url.pathname.replace(/\/+$/, '')}` : undefined;
};
