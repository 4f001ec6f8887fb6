/** A released version, or what is not released yet, with its changes. */
export interface Release {
  readonly name: string;
  readonly parts: readonly { readonly title: string | null; readonly changes: readonly string[] }[];
}

/** Reads CHANGELOG.md: "## version", "### part", "- change". Marks of Markdown within a change are left out. */
export function readChanges(markdown: string): Release[] {
  return sections(markdown, '## ').map(({ title, body }) => {
    const [loose = ''] = body.split(/^### /m);
    const parts = [{ title: null, body: loose }, ...sections(body, '### ')];
    return {
      name: title,
      parts: parts.map((part) => ({ title: part.title, changes: items(part.body) })).filter(({ changes }) => changes.length > 0),
    };
  });
}

function sections(text: string, mark: string): { title: string; body: string }[] {
  const [, ...parts] = `\n${text}`.split(`\n${mark}`);
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title: title.trim(), body: lines.join('\n') };
  });
}

function items(text: string): string[] {
  const [, ...parts] = `\n${text}`.split('\n- ');
  return parts.map((part) => part.replaceAll(/[`*]/g, '').replaceAll(/\s+/g, ' ').trim());
}
