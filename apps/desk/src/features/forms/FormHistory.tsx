import { fieldAt, type Field } from "@linija/forms";
import { Button, Modal, Select } from "@mantine/core";
import { IconArrowRight, IconHistory } from "@tabler/icons-react";
import { useIntl } from "react-intl";
import { useT } from "../../i18n/intl.tsx";
import { Moment } from "../../shared/clock.tsx";
import { Empty, Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { usePages } from "../../shared/query.ts";
import { wordsOf } from "./history.ts";
import { useLanguage } from "./useForm.tsx";
import css from "./forms.module.css";

interface Props { id: string; fields: ReadonlyMap<string, Field>; /** Of one field alone; null: of all. */ path: string | null; onPath: (path: string | null) => void; onClose: () => void }

/** Who filled which field, when, and what stood there before; newest first. */
export function FormHistory({ id, fields, path, onPath, onClose }: Props) {
  const t = useT();
  const intl = useIntl();
  const language = useLanguage();
  const list = usePages("recordHistory", { params: { id }, query: path ? { path } : {} });
  const writing = { language, locale: intl.locale, yes: t("views.yes"), no: t("views.no") };
  const choices = [...fields.values()].map((field) => ({ value: field.path, label: field.name[language] }));
  // A row of a table or a part of a name is chosen by its own place.
  if (path && !choices.some(({ value }) => value === path)) choices.unshift({ value: path, label: fieldAt(fields, path)?.name[language] ?? path });
  return (
    <Modal opened onClose={onClose} size="lg" title={<b>{t("forms.history")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
      <div className="stack">
        <Select aria-label={t("forms.historyOf")} placeholder={t("forms.historyAll")} data={choices} value={path} onChange={onPath} clearable searchable clearButtonProps={{ "aria-label": t("do.clear") }} />
        {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
        {!list.items && !list.error && <Skeleton rows={4} height={48} />}
        {list.items?.length === 0 && <Empty icon={<IconHistory size={22} />} text={t("forms.historyNone")} />}
        <ol className={css.history}>
          {list.items?.map((each) => (
            <li key={each.id}>
              <div className="row between small dim"><span>{t(`forms.by.${each.by.by}`)}{each.by.by !== "system" && each.by.name && <>: {each.by.name}</>}</span><Moment at={each.by.at} full /></div>
              {(path === null || each.path !== path) && <b>{each.name[language]}</b>}
              <div className={css.historyValues}><span className="dim">{wordsOf(fieldAt(fields, each.path), each.before, writing)}</span><IconArrowRight size={14} aria-label={t("forms.historyTo")} /><span>{wordsOf(fieldAt(fields, each.path), each.after, writing)}</span></div>
            </li>
          ))}
        </ol>
        {list.hasNextPage && <Button variant="subtle" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("do.more")}</Button>}
      </div>
    </Modal>
  );
}
