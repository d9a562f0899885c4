import { createHash } from 'node:crypto';
import { canonicalJson } from '../contract/canonical-json.ts';
import type { Snapshot } from './snapshot.ts';

/** Hex SHA-256 of a text: the name of what is stored by its content. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a snapshot's id covers: all but the id itself and the time of publishing. */
export type SnapshotContent = Omit<Snapshot, 'id' | 'published'>;

/** A snapshot with the id that its content gives it. */
export const withId = (content: SnapshotContent): Snapshot => ({ id: hashOf(canonicalJson(content)), ...content });
