import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Everything that is not the public internet (IANA's special-purpose registry), and where clouds keep credentials. */
const REFUSED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Not special by any registry: Azure's platform address.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Parts of the global range that are no hosts, or carry an IPv4 address inside. */
const REFUSED_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const listOf = (subnets: readonly (readonly [net: string, prefix: number])[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family);
  return list;
};

const refusedV4 = listOf(REFUSED_V4, 'ipv4');
const globalV6 = listOf([['2000::', 3]], 'ipv6');
const refusedV6 = listOf(REFUSED_V6, 'ipv6');
const loopback = listOf([['127.0.0.0', 8]], 'ipv4');

/**
 * Whether an IP address belongs to a host of the public internet. Of IPv6 only the global range does: not loopback, link-
 * and site-local, unique local or multicast addresses, nor any form that carries an IPv4 address.
 */
export const isPublic = (address: string): boolean =>
  isIPv4(address)
    ? !refusedV4.check(address, 'ipv4')
    : isIPv6(address) && globalV6.check(address, 'ipv6') && !refusedV6.check(address, 'ipv6');

/** Whether an IP address is this machine itself. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || (isIPv4(address) && loopback.check(address, 'ipv4'));
