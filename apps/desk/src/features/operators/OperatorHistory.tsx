import type { Language } from "@linija/server/contract/api";
import { useState } from "react";
import { languageNames, useT, useWord, type MessageKey } from "../../i18n/intl.tsx";
import { ChangeList } from "../../shared/Changes.tsx";
import { usePages } from "../../shared/query.ts";
import { useSkillName } from "./skillNames.ts";
import css from "./operators.module.css";

const NAMES: Record<string, MessageKey> = { languages: "operators.languages", device: "device.title", extension: "operators.changed.extension", hasPassword: "operators.changed.password", passwordChanged: "operators.changed.newPassword" };

/** What was changed of an operator, by whom; asked for when it is opened. */
export function OperatorHistory({ id }: { id: string }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={css.history} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("panel.changes")}</summary>
      {isOpen && <List id={id} />}
    </details>
  );
}

function List({ id }: { id: string }) {
  const t = useT();
  const word = useWord();
  const skillName = useSkillName();
  const list = usePages("operatorHistory", { params: { id }, query: {} });
  const nameOf = ({ field }: { field: string }): string => (field.startsWith("skills.") ? skillName(field.slice("skills.".length)) : NAMES[field] ? t(NAMES[field]) : field);
  const write = (field: string, value: string): string => {
    if (field === "languages") return value.split(", ").map((each) => languageNames[each as Language] ?? each).join(", ");
    if (field === "device") return word("device", value);
    return value === "true" ? t("views.yes") : value;
  };
  return <ChangeList list={list} nameOf={nameOf} write={write} />;
}
