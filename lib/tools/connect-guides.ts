import type { Shop } from '../commerce/shops.ts';

/** What a person does at a platform so that it delivers. */
export interface Guide {
  /** What `shopId` of shops.yaml is there. */
  readonly shopId: string;
  /** What the signing secret is there; undefined: nothing is signed. */
  readonly secret?: string;
  /** What `api` of shops.yaml is there, and what its secret may do; undefined: nothing is ever read. */
  readonly api?: { readonly url: string; readonly secret: string; readonly scopes: readonly string[] };
  /** More lines of the shop's entry. */
  readonly more?: readonly string[];
  readonly topics: readonly string[];
  /** In this order; `{url}` stands for the webhook's address. */
  readonly steps: readonly string[];
}

/** How each platform is connected (commerce-platforms.md). */
export const GUIDES: Readonly<Record<Shop['platform'], Guide>> = {
  shopify: {
    shopId: "the shop's number: the first part of the path of an order's status page",
    secret: "the app's client secret",
    api: {
      url: 'https://<shop>.myshopify.com',
      secret: "an access token of the app's Admin API",
      scopes: [
        'read_orders',
        'read_all_orders (for orders older than 60 days)',
        'read_customers',
        'read_shopify_payments_disputes (for disputes/update)',
      ],
    },
    topics: [
      'checkouts/create',
      'checkouts/update',
      'orders/create',
      'orders/paid',
      'orders/updated',
      'orders/cancelled',
      'orders/fulfilled',
      'refunds/create',
      'disputes/update',
      'customers/create',
      'customers/update',
      'customers/merge',
      'customers/delete',
    ],
    steps: [
      "make an app for the shop, give it the scopes below and install it; note its client secret and its API's access token",
      'subscribe the app to the topics below, each as JSON to {url}',
      'change an order: notifications of "Send test" are signed with another secret and refused',
    ],
  },
  woocommerce: {
    shopId: "the shop's address, such as https://shop.example.com",
    secret: "the webhooks' secret, the same for all of them",
    api: {
      url: 'https://shop.example.com',
      secret: 'a REST API key as ck_…:cs_…',
      scopes: ['Read (WooCommerce, Settings, Advanced, REST API)'],
    },
    topics: [
      'order.created',
      'order.updated',
      'order.restored',
      'order.deleted',
      'customer.created',
      'customer.updated',
      'customer.deleted',
    ],
    steps: [
      'WooCommerce, Settings, Advanced, Webhooks: add one for each topic below, active, API version WP REST API Integration v3',
      'delivery address: {url}',
      'saving sends a ping without a signature, which is answered with 200 and not counted; then change an order',
    ],
  },
  bigcommerce: {
    shopId: "the store's hash, as in https://api.bigcommerce.com/stores/<hash>",
    secret: "the app's client secret",
    api: {
      url: 'https://api.bigcommerce.com',
      secret: 'the access token of an API account of the store',
      scopes: ['Orders: read-only', 'Carts: read-only', 'Customers: read-only', 'Order Transactions: read-only'],
    },
    topics: [
      'store/order/created',
      'store/order/updated',
      'store/order/statusUpdated',
      'store/order/refund/created',
      'store/cart/created',
      'store/cart/updated',
      'store/cart/couponApplied',
      'store/cart/converted',
      'store/cart/abandoned',
      'store/cart/deleted',
      'store/customer/created',
      'store/customer/updated',
      'store/customer/deleted',
    ],
    steps: [
      'make an API account with the scopes below; hooks say too little, so they are read with its token',
      'POST https://api.bigcommerce.com/stores/<hash>/v3/hooks for each topic: { "scope": "<topic>", "destination": "{url}", "is_active": true }',
      'a hook that was made before BigCommerce signed them needs a header of its own: `secretHeader` in shops.yaml',
    ],
  },
  commercetools: {
    shopId: "the project's key",
    api: {
      url: 'https://api.<region>.commercetools.com',
      secret: 'an API client as <id>:<secret>',
      scopes: ['view_orders', 'view_customers', 'manage_subscriptions (for doctor)'],
    },
    more: ['  token: { url: "https://auth.<region>.commercetools.com/oauth/token", scope: "view_orders:<project> …" }'],
    topics: ['messages: order, customer', 'changes: cart'],
    steps: [
      'there is no webhook and no signature: commercetools sends to a queue, and who may send is its policy',
      'make a Standard SQS queue that only arn:aws:iam::362576667341:user/subscriptions may send to',
      'make a Subscription with destination SQS, authenticationMode IAM, format Platform, and the messages and changes below',
    ],
  },
  'adobe-commerce': {
    shopId: "the client id of the project's OAuth server-to-server credential",
    secret: "of webhooks: the public key in PEM, as the admin shows it; I/O Events are signed with Adobe's own keys",
    api: {
      url: 'https://shop.example.com',
      secret: "an integration's access token",
      scopes: ['Sales: Orders, Credit Memos', 'Customers: All Customers'],
    },
    topics: [
      'observer.sales_order_save_commit_after',
      'observer.sales_order_creditmemo_save_commit_after',
      'observer.customer_save_commit_after',
      'observer.customer_delete_commit_after',
    ],
    steps: [
      'Adobe Developer Console: in a project with the Commerce events API add an event registration for the events below',
      'delivery method: webhook, {url}; it answers the challenge by itself',
      'choose the fields of the events, entity_id at the least: what is not sent is read from the API',
    ],
  },
  stripe: {
    shopId: 'the account, acct_…',
    secret: "the endpoint's signing secret, whsec_…",
    api: {
      url: 'https://api.stripe.com',
      secret: 'a restricted key, rk_…',
      scopes: [
        'read: Checkout Sessions, Payment Intents, Charges and Refunds, Disputes, Invoices, Customers, Promotion Codes, Events',
        'read: Webhook Endpoints (for doctor)',
      ],
    },
    topics: [
      'checkout.session.completed',
      'checkout.session.async_payment_succeeded',
      'checkout.session.async_payment_failed',
      'payment_intent.canceled',
      'charge.refunded',
      'refund.created',
      'refund.updated',
      'refund.failed',
      'charge.dispute.closed',
      'invoice.paid',
      'invoice.payment_failed',
      'customer.created',
      'customer.updated',
      'customer.deleted',
    ],
    steps: [
      'Developers, Webhooks: add an endpoint {url} for the events below',
      'put the id of your cart into `client_reference_id` or the metadata of each Checkout Session, and name it in `sessionAttribute`',
      'events of a sandbox are dropped unless the shop has `testOrders: apply`',
    ],
  },
  standard: {
    shopId: 'whatever your shop calls itself',
    secret: 'whsec_ and 24 to 64 random bytes in base64, which your shop signs with',
    topics: ['order', 'cart', 'cart_deleted', 'customer', 'customer_deleted'],
    steps: [
      'POST the document of lib/commerce/platforms/standard/standard.ts to {url} whenever an order, cart or customer changed',
      'sign it as Standard Webhooks do (webhook-id, webhook-timestamp, webhook-signature), or describe your own `signature`',
      'send it again after anything but a 2xx: a repeat does nothing',
    ],
  },
};
