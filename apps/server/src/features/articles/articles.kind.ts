import type { TxCtx } from "../../platform/db.ts";
import { languages } from "../api.contract.ts";
import { problem, readBySchema, type KindProblem, type TextKind } from "../projects/index.ts";
import { articleSchema, type Article } from "./articles.declaration.contract.ts";
import { deleteOtherArticles, upsertArticle } from "./articles.sql.ts";
import { folded, partsOf, type Parts } from "./articles.words.rules.ts";

/** An article as its text says, or everything that is wrong with it, by path. */
export const readArticle = (text: string): { value: Article; problems: [] } | { value: null; problems: KindProblem[] } => readBySchema(text, articleSchema);

/** Articles as texts of a project: checked as they are saved, and kept apart for search. */
export const articlesKind: TextKind = {
  at: "articles",
  read(text, { key }) {
    const read = readArticle(text);
    if (read.value && read.value.key !== key) return { value: null, problems: [problem(["key"], "other_key", { name: read.value.key, file: key })] };
    return read;
  },
  check(value, { types }) {
    const known = types.map(({ key }) => key);
    return (value as Article).types.flatMap((type, index) => (known.includes(type) ? [] : [problem(["types", index], "no_type", { name: type, names: known })]));
  },
  use: async (ctx: TxCtx, projectKey, values) => {
    const articles = Object.values(values as Record<string, Article>);
    for (const article of articles) await upsertArticle(ctx.db, projectKey, toRecord(article), ctx.now());
    await deleteOtherArticles(ctx.db, projectKey, articles.map(({ key }) => key));
    return Object.fromEntries(articles.map(({ key, types, solution }) => [key, { types, ...(solution && { solution }) }]));
  },
};

const toRecord = ({ key, kind, title, body, words }: Article) => ({
  key, kind, title, body, words, folded: folded([...Object.values(title), ...words]), titleParts: inAll(title), bodyParts: inAll(body), wordParts: joined(languages.map((language) => partsOf(words.join(" "), language))),
});
const inAll = (texts: Article["title"]): Parts => joined(languages.map((language) => partsOf(texts[language], language)));
const joined = (parts: Parts[]): Parts => ({ russian: parts.map(({ russian }) => russian).join(" "), english: parts.map(({ english }) => english).join(" "), slovenian: parts.map(({ slovenian }) => slovenian).join(" ") });
