import * as z from 'zod';
import { inBody, inPath, type NamedProfile } from '../named.ts';
import { operation } from '../operation.ts';
import { Coupon, CouponList } from '../schemas/codes.ts';
import { CustomerProfileList } from '../schemas/profile.ts';
import { codeInPath, integrationId, integrationIds, noBody } from '../wire.ts';

const CouponReservations = z.object({ integrationIDs: integrationIds });

const reservedFor = ({ integrationIDs }: z.output<typeof CouponReservations>): NamedProfile[] =>
  integrationIDs.flatMap((id, index) => inBody(['integrationIDs', index], id));

/** Reserves a coupon for up to 1000 profiles; what is reserved already stays so (semantics.md §2.1). */
export const createCouponReservation = operation({
  id: 'createCouponReservation',
  summary: 'Reserve a coupon for up to 1000 customers',
  method: 'POST',
  path: '/v1/coupon_reservations/{couponValue}',
  auth: ['apiKey', 'signature'],
  seeds: ['2019-go', '2020-php', '2021-php'],
  params: z.object({ couponValue: codeInPath }),
  query: z.object({}),
  body: CouponReservations,
  success: { status: 201, body: Coupon },
  errors: [400, 401, 404, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  rows: 'integrationIDs',
  names: ({ body }) => ({ profiles: reservedFor(body) }),
  whenSuppressed: 'refuse',
});

/** Takes the reservations of up to 1000 profiles back; one that is not there is no fault (semantics.md §2.4). */
export const deleteCouponReservation = operation({
  id: 'deleteCouponReservation',
  summary: 'Take the reservations of a coupon back from up to 1000 customers',
  method: 'DELETE',
  path: '/v1/coupon_reservations/{couponValue}',
  auth: ['apiKey', 'signature'],
  seeds: ['2019-go', '2020-php', '2021-php'],
  params: z.object({ couponValue: codeInPath }),
  query: z.object({}),
  body: CouponReservations,
  success: { status: 204, body: z.undefined() },
  errors: [400, 401, 404, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  rows: 'integrationIDs',
  names: ({ body }) => ({ profiles: reservedFor(body) }),
  whenSuppressed: 'refuse',
});

/** Lists the profiles that hold a reservation of a coupon, in the order in which they got it (semantics.md §2.16). */
export const getReservedCustomers = operation({
  id: 'getReservedCustomers',
  summary: 'List the customers who hold a reservation of a coupon',
  method: 'GET',
  path: '/v1/coupon_reservations/customerprofiles/{couponValue}',
  auth: ['apiKey', 'signature'],
  seeds: ['2019-go', '2020-php', '2021-php'],
  params: z.object({ couponValue: codeInPath }),
  query: z.object({}),
  body: noBody,
  success: { status: 200, body: CustomerProfileList },
  errors: [400, 401, 404],
  statusCodeOn400: true,
  repeat: 'safe',
  names: () => ({ profiles: [] }),
  whenSuppressed: 'allow',
});

/** Lists the coupons that a profile has reserved and could use now (semantics.md §2.15). */
export const getReservedCoupons = operation({
  id: 'getReservedCoupons',
  summary: 'List the coupons that a customer has reserved and could use now',
  method: 'GET',
  path: '/v1/coupon_reservations/coupons/{integrationId}',
  auth: ['apiKey', 'signature'],
  seeds: ['2019-go', '2020-php'],
  params: z.object({ integrationId }),
  query: z.object({}),
  body: noBody,
  success: { status: 200, body: CouponList },
  errors: [400, 401, 404],
  statusCodeOn400: true,
  repeat: 'safe',
  names: ({ params }) => ({ profiles: [inPath('integrationId', params.integrationId)] }),
  whenSuppressed: 'allow',
});
