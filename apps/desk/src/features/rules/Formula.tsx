import { tokenize } from "@linija/rules";
import css from "./rules.module.css";

/** An expression as it is written, in colours; for reading. */
export function Formula({ text }: { text: string }) {
  const tokens = tokenize(text);
  return <code className={css.formula}>{tokens.map((token, index) => <span key={token.from}>{text.slice(tokens[index - 1]?.to ?? 0, token.from)}<span data-token={token.kind}>{text.slice(token.from, token.to)}</span></span>)}</code>;
}
