import type { Platform } from '../../platform.ts';
import { authenticate } from './authenticate.ts';
import { interpret } from './interpret.ts';

/**
 * Any shop at all: it POSTs a JSON document of our own whenever a cart, an order or a customer has changed. A document
 * shows the whole thing as it stands, so it does not matter how often, late or in what order documents arrive; the newest
 * `updatedAt` counts. What a document does not list is refused, every fault with its place.
 *
 * ```json
 * {
 *   "type": "order",
 *   "id": "1001",
 *   "cart": "c-77",
 *   "updatedAt": "2026-03-01T12:00:00Z",
 *   "currency": "EUR",
 *   "customer": "42",
 *   "lines": [{ "sku": "SHIRT", "name": "Shirt", "quantity": 2, "price": "19.99" }],
 *   "costs": { "shipping": "5.00" },
 *   "codes": ["SUMMER-1"],
 *   "payment": "paid",
 *   "returns": [{ "id": "r-1", "amount": "19.99", "lines": [{ "line": "SHIRT", "quantity": 1 }] }],
 *   "facts": { "orderNumber": "#1001", "channel": "web" }
 * }
 * ```
 *
 * Everywhere: ids are texts or whole numbers, 255 characters at the most; amounts are texts (`"19.99"`) or numbers, in the
 * major unit of the currency; times are RFC 3339 with a zone.
 *
 * | field | in | |
 * | --- | --- | --- |
 * | `type` | all | `order`, `cart` or `customer`; or `cart_deleted` or `customer_deleted`, which need `id` and `updatedAt` only |
 * | `id` | all | of the order, cart or customer; never changes |
 * | `updatedAt` | all | when it was changed last |
 * | `shop` | all | optional: the `shopId` of shops.yaml; a document of another shop is refused |
 * | `currency` | order, cart | ISO 4217, upper case |
 * | `customer` | order, cart | optional: id of the customer who buys |
 * | `email` | order, cart | optional: of a guest, read where there is no `customer`; only a pseudonym of it is kept |
 * | `session` | order, cart, cart_deleted | optional: id of the promotion session, where the storefront has opened one |
 * | `cart` | order | optional: id of the cart that became this order; both are then one session |
 * | `lines` | order, cart | what is bought, before any discount |
 * | `lines[].id` | order, cart | optional: by default the sku; the lines of an order need ids that differ |
 * | `lines[].sku`, `.name`, `.quantity`, `.price` | order, cart | `name` is optional; the quantity is whole, the price that of one |
 * | `lines[].giftCard` | order, cart | optional, false: whether it is a gift card |
 * | `costs` | order, cart | optional: amounts beside the lines, before any discount, by name: `shipping`, `handling`, … |
 * | `codes` | order, cart | optional: every code that the buyer entered |
 * | `abandoned` | cart | optional, false: the buyer gave it up |
 * | `facts` | order, cart | optional: `orderNumber`, `channel`, `renewal` |
 * | `payment` | order | `unpaid`, `paid` (also when money was given back later) or `voided` (it will never be paid) |
 * | `cancelled`, `test` | order | optional, false |
 * | `fulfilled` | order | optional, false: all of it was shipped or handed over |
 * | `returns` | order | optional: every refund so far: `id`, `amount`, and in `lines` what came back: `line` (its id), `quantity`; `dispute`: the buyer's bank took it back for good |
 * | `email` | customer | optional: links the customer to the guest that the address was; only a pseudonym of it is kept |
 * | `merged` | customer | optional: ids of customers whose records were merged into this one |
 * | `facts` | customer | optional: `acceptsMarketing`, `tags`, `country`, `state` |
 *
 * Deliveries are signed as Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`; Svix' names too) with
 * a secret `whsec_…`, or with an ed25519 key whose public half `whpk_…` is the shop's secret; or, where shops.yaml has
 * `signature`, by the HMAC-SHA256 of the body in a header of the shop's own (lib/commerce/shops.ts).
 */
export const standard: Platform = { name: 'standard', authenticate, interpret };
