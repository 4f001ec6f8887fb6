import { buildSchema, findBreakingChanges } from 'graphql';

/**
 * What a client of the released schema could no longer do with the current one and the change log does not declare, a sentence each.
 * A change is declared where its sentence stands in the change log's part "Breaking" of what is not released yet.
 */
export function undeclaredChanges(released: string, current: string, changelog: string): string[] {
  const declared = flat(declaredIn(changelog));
  return findBreakingChanges(buildSchema(released), buildSchema(current))
    .map(({ description }) => description)
    .filter((description) => !declared.includes(flat(description)));
}

function declaredIn(changelog: string): string {
  const unreleased = changelog.split(/^## /m).find((part) => part.startsWith('Unreleased')) ?? '';
  return unreleased.split(/^### /m).find((part) => part.startsWith('Breaking')) ?? '';
}

/** Markdown may break lines and put names into backticks. */
function flat(text: string): string {
  return text.replaceAll(/[`\\]/g, '').replaceAll(/\s+/g, ' ');
}
