import { displayExpression, formatExpression, ruleToJson } from "@linija/rules";
import { Button, CopyButton } from "@mantine/core";
import { IconCopy, IconFileImport } from "@tabler/icons-react";
import { useT } from "../../i18n/intl.tsx";
import { say } from "../../shared/toast.tsx";
import { useLanguage } from "./catalogue.ts";
import { may, useMe } from "../access/session.ts";
import { Coloured } from "./Expression.tsx";
import { keyOf } from "./steps.ts";
import type { Example } from "./Side.tsx";
import { Writers } from "./Writers.tsx";
import css from "./rules.module.css";

/** From tightest to loosest, with an example of each that the words of the language are shown of. */
const LEVELS: readonly { operators: string; example: string }[] = [
  { operators: "a.b  f(x)  (…)", example: "(2 + 3) * 4" }, { operators: "!  -", example: "!(true && false)" }, { operators: "*  /  %", example: "2 + 3 * 4" }, { operators: "+  -", example: "7 - 2 + 1" },
  { operators: "<  <=  >  >=  in", example: '"vip" in client.flags' }, { operators: "==  !=", example: 'ticket.status != "closed"' }, { operators: "&&", example: "ticket.overdue && !ticket.paused" },
  { operators: "||", example: "true || false && false" }, { operators: "? :", example: "ticket.overdue ? 1 : 0" },
];

export function Help({ value, path, examples, mayEdit, onInsert }: { value: string; path: string; examples: readonly Example[]; mayEdit: boolean; onInsert: (text: string) => void }) {
  const t = useT();
  const language = useLanguage();
  const mayGive = may(useMe(), "access.manage");
  const written = examples.filter(({ kind }) => kind === "expression");
  return (
    <div className={css.tool}>
      <h3>{t("rules.wholeRules")}</h3>
      {examples.filter(({ kind }) => kind === "rule").map((one) => (
        <details key={one.text} className={css.example}>
          <summary>{one.name[language]}</summary>
          <pre className={css.text}>{one.text}</pre>
          {mayEdit && <Button size="compact-xs" variant="light" leftSection={<IconFileImport size={13} aria-hidden />} onClick={() => { onInsert(withKey(one.text, path)); say(t("rules.inserted")); }} disabled={value === withKey(one.text, path)}>{t("rules.insert")}</Button>}
        </details>
      ))}
      <h3>{t("rules.conditions")}</h3>
      <ul className={css.examples}>
        {written.map((one) => (
          <li key={one.text}><span className="small">{one.name[language]}</span><div className={css.row}><Coloured text={formatExpression(one.text)} /><CopyButton value={one.text}>{({ copied, copy }) => <button type="button" className={css.link} aria-label={t("rules.copy", { name: one.name[language] ?? one.text })} onClick={copy}>{copied ? "✓" : <IconCopy size={14} aria-hidden />}</button>}</CopyButton></div></li>
        ))}
      </ul>
      <h3>{t("rules.precedence")}</h3>
      <table className={css.precedence}>
        <thead><tr><th>{t("rules.level")}</th><th>{t("rules.operators")}</th><th>{t("rules.example")}</th><th>{t("rules.inWords")}</th></tr></thead>
        <tbody>{LEVELS.map(({ operators, example }, index) => <tr key={operators}><td className="num">{index + 1}</td><td><code>{operators}</code></td><td><code>{example}</code></td><td>{displayExpression(example, language)}</td></tr>)}</tbody>
      </table>
      {mayGive && <><h3>{t("rules.writers")}</h3><Writers /></>}
    </div>
  );
}

/** An example takes the place of the rule's text but keeps the name of its file. */
function withKey(text: string, path: string): string {
  const read = ruleToJson(text);
  return read.ok ? text.replace(/^key: .*$/m, `key: ${keyOf(path)}`) : text;
}
