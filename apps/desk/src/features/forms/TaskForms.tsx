import { formHost, openForm, type FormDocument } from "@linija/forms";
import type { TicketView } from "@linija/server/contract/tickets/tickets";
import { IconForms } from "@tabler/icons-react";
import { useMemo } from "react";
import { EditorTexts, useT } from "../../i18n/intl.tsx";
import type { Reply } from "../../shared/api.ts";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { may, useMe } from "../access/session.ts";
import { FormView } from "./FormView.tsx";
import { FormStore } from "./store.ts";
import { useLanguage, type FormDeeds } from "./useForm.tsx";
import css from "./forms.module.css";

type TaskForm = Reply<"taskForms">["items"][number];

/** What of the forms of the ticket that asked goes along with this task, to be read. */
export default function TaskForms({ ticket }: { ticket: TicketView }) {
  const me = useMe();
  const { data, error, refetch } = useApi("taskForms", { params: { id: ticket.id } }, { enabled: may(me, "forms.read") });
  if (!may(me, "forms.read")) return null;
  if (error && !data) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={2} height={64} />;
  return <EditorTexts>{data.items.map((form) => <One key={form.id} form={form} ticket={ticket} />)}</EditorTexts>;
}

function One({ form, ticket }: { form: TaskForm; ticket: TicketView }) {
  const t = useT();
  const language = useLanguage();
  const prefix = `asked-${form.id.slice(0, 8)}`;
  const store = useMemo(() => {
    const made = new FormStore(openForm(form.definition as unknown as FormDocument, formHost(form.timeZone)), form.data);
    made.take({ data: form.data, masked: form.masked.map((path) => ({ path, mayReveal: false })), filledBy: {}, typing: [] });
    return made;
  }, [form]);
  const deeds = useMemo((): FormDeeds => ({
    projectKey: ticket.projectKey, formId: form.id, country: form.country,
    fileName: (id) => { const file = form.files.find((one) => one.id === id); return file ? { name: file.name, href: `/api/tickets/${ticket.id}/asked/${form.id}/files/${id}` } : null; },
  }), [form, ticket.id, ticket.projectKey]);
  return (
    <section className={css.block} aria-labelledby={`${prefix}-title`}>
      <div className={css.head}>
        <IconForms size={16} aria-hidden /><h2 id={`${prefix}-title`}>{form.name[language]}</h2>
        <span className={`chip ${form.state === "submitted" ? "live" : ""}`}>{t(form.state === "submitted" ? "forms.submitted" : "forms.draft")}</span>
        <span className="small dim">{t("forms.goesAlong", { number: ticket.parent?.number ?? "" })}</span>
      </div>
      <FormView store={store} deeds={deeds} readOnly prefix={prefix} />
    </section>
  );
}
