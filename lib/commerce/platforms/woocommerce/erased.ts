/**
 * Whether WordPress' eraser was here (commerce-platforms.md §3): it writes `deleted@site.invalid` in place of every
 * e-mail address. No person has an address that ends so (RFC 2606).
 */
export const isErasedEmail = (email: string | null | undefined): boolean => /\.invalid\s*$/i.test(email ?? '');
