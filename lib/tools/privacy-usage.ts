import type { Kind, Regulation, Status } from '../privacy/request.ts';

/** What holds for every request of a command: of a file's lines too, where they say nothing else. */
export interface Asking {
  readonly kind: Kind;
  readonly environment: 'live' | 'sandbox';
  readonly regulation: Regulation;
  readonly received?: Date;
}

/** What `npm run privacy` is asked to do; `id` may be the beginning of one. */
export type PrivacyCommand =
  | { readonly command: 'overview' }
  | {
      readonly command: 'request';
      readonly asking: Asking;
      readonly from:
        | { readonly file: string }
        /** Everybody of a shop that has left; without `yes` they are only counted. */
        | { readonly shop: string; readonly yes: boolean }
        | { readonly profile: string; readonly aliases: readonly string[]; readonly reference?: string };
    }
  | { readonly command: 'status'; readonly id: string; readonly showIds: boolean }
  | { readonly command: 'list'; readonly status?: Status; readonly all: boolean; readonly limit: number }
  | { readonly command: 'hold'; readonly id: string; readonly because: string; readonly review: Date }
  | { readonly command: 'release'; readonly id: string; readonly because: string }
  | {
      readonly command: 'clarify';
      readonly id: string;
      readonly theirs: readonly string[];
      readonly others: readonly string[];
    }
  | { readonly command: 'settle'; readonly id: string; readonly target: string; readonly because: string }
  | { readonly command: 'stop'; readonly because: string }
  | { readonly command: 'go'; readonly most?: number }
  | { readonly command: 'cancel'; readonly id: string; readonly because: string }
  | {
      readonly command: 'extend';
      readonly id: string;
      readonly months: 1 | 2;
      readonly because: string;
      readonly told: Date;
    }
  | { readonly command: 'export'; readonly id: string; readonly to: string }
  | { readonly command: 'proof'; readonly id: string; readonly to: string; readonly chain: boolean }
  | { readonly command: 'verify'; readonly file: string; readonly key?: string; readonly fingerprint?: string };

/** What `npm run privacy -- help` says. */
export const PRIVACY_USAGE = `npm run privacy                                 how many requests there are, and which is next
npm run privacy -- request <profile> [--alias <profile>]… [--access] [--environment live|sandbox] [--regulation gdpr|ccpa]
                                                [--received <date>] [--reference <text>]
npm run privacy -- request --file <file>        one JSON object or profile id a line
npm run privacy -- request --shop <shop> [--yes]  every customer of a shop of shops.yaml, as when it has left its platform
npm run privacy -- list [--status <status>] [--all] [--limit <number>]
npm run privacy -- status <id> [--show-ids]     everything about one request
npm run privacy -- hold <id> --because <text> [--review <date>]
npm run privacy -- release <id> --because <text>
npm run privacy -- release <id> --with <profile>… --without <profile>…
npm run privacy -- release <id> --settled <target> --because <text>
npm run privacy -- cancel <id> --because <text>
npm run privacy -- extend <id> --months 1|2 --because <text> --told <date>
npm run privacy -- hold --all --because <text>  stops all deleting
npm run privacy -- release --all [--most <number>]
npm run privacy -- export <id> --to <file>      what an access request asked for
npm run privacy -- proof <id> --to <file> [--chain]
npm run privacy -- verify <file> [--key <file> | --fingerprint <text>]

  <id>           of a request, or enough of its beginning
  --alias        another profile id of the same person, such as the guest that they were
  --received     the day (UTC) or moment at which the request came in, from which the deadline runs; default now
  --reference    your own number of it: asked again with it, it is the same request. Default: one for each profile,
                 and for access one a day
  --because      why, for whoever audits it: no names, addresses or ids of persons
  --review       when somebody looks at the hold again; default in a week
  --with         this profile is the person's, and is erased too; --without: it is somebody else's
  --show-ids     the person's profile ids in clear, as long as the request has not ended
  --settled      this target was erased by hand
  --told         when the person was told of the extension
  --most         lets up to so many requests be erased in one run, for a flood that you have looked at
  --chain        the receipts of all requests, for who audits the account; default: those beside this one's too
  --key          the public key that you know: PEM, or the answer of /.well-known/erasure-receipt-key
  --limit        how many are listed; default 50

Examples:
  npm run privacy -- request customer-1042 --reference 2026-17
  npm run privacy -- proof xY3 --to proof.json && npm run privacy -- verify proof.json
  STORE=dynamodb:<table> KEY_SECRET=<that of the stage> npm run privacy -- list

Without STORE it works on the local state in LOCAL_STATE (default .local). verify works without any of it, and without a
network. All others but list and hold --all need KEY_SECRET; request and extend need SHOPS_FILE (default build/shops.json).`;
