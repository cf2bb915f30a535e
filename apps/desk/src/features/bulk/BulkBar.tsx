import type { BulkRun } from "@linija/server/contract/bulk/bulk";
import { Button, Menu, Modal, Select } from "@mantine/core";
import { IconBolt, IconFlag, IconUserShare, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { forgetDraft } from "../../shared/draft.ts";
import { StepForm } from "../tickets/StepForm.tsx";
import { priorityKeys } from "../tickets/words.ts";
import { written, type Asked } from "../views/asked.ts";
import { BulkProgress } from "./BulkProgress.tsx";
import css from "./bulk.module.css";

type Action = Parameters<ReturnType<typeof useSend<"previewBulk">>["mutate"]>[0]["body"]["action"];
interface Props { picked: ReadonlySet<string>; /** What is shown, for all of it at once; null when the view cannot be asked for as a filter. */ asked: Asked | null; first: string; onClear: () => void }

/** What can be done with what is picked. Nothing is done before its preview was seen. */
export default function BulkBar({ picked, asked, first, onClear }: Props) {
  const t = useT();
  const [isAll, setAll] = useState(false);
  const [run, setRun] = useState<BulkRun | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const preview = useSend("previewBulk", ["listBulk"], { onSuccess: (made, { body: { action } }) => { if (action.kind === "move") forgetDraft(`bulk:${action.transition}`); setOpen(null); setRun(made); } });
  const send = (action: Action) => preview.mutate({ body: { selection: isAll && asked ? { filter: written(asked.filter), sort: asked.sort } : { ids: [...picked] }, action } });
  const ticket = useApi("getTicket", { params: { id: first } });
  const step = ticket.data?.transitions.find(({ key }) => key === open);
  return (
    <section className={css.bar} aria-label={t("bulk.title")}>
      <b className="num" role="status">{isAll ? t("bulk.all") : t("bulk.picked", { count: picked.size })}</b>
      {asked && !isAll && <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>{t("bulk.takeAll")}</Button>}
      <span className="grow" />
      <Button size="compact-sm" variant="default" leftSection={<IconUserShare size={14} />} onClick={() => setOpen("owner")}>{t("bulk.give")}</Button>
      <Menu position="top"><Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconFlag size={14} />}>{t("register.priority")}</Button></Menu.Target>
        <Menu.Dropdown>{priorityKeys.map((key, priority) => <Menu.Item key={key} onClick={() => send({ kind: "change", priority })}>{t(key)}</Menu.Item>)}</Menu.Dropdown></Menu>
      <Menu position="top"><Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconBolt size={14} />} disabled={!ticket.data?.transitions.length}>{t("bulk.step")}</Button></Menu.Target>
        <Menu.Dropdown>{ticket.data?.transitions.map((each) => <Menu.Item key={each.key} disabled={!each.allowed} onClick={() => (each.fields.length > 0 ? setOpen(each.key) : send({ kind: "move", transition: each.key, input: {} }))}>{each.name}</Menu.Item>)}</Menu.Dropdown></Menu>
      <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={onClear}>{t("bulk.clear")}</Button>
      {open === null && <ProblemNote error={preview.error} />}
      <Modal opened={open === "owner"} onClose={() => setOpen(null)} title={<b>{t("bulk.give")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}><Give error={preview.error} busy={preview.isPending} onSend={(ownerId) => send({ kind: "change", ownerId })} /></Modal>
      <Modal opened={step !== undefined} onClose={() => setOpen(null)} title={<b>{step?.name}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
        {ticket.data && step && <StepForm hasMail draftName={`bulk:${step.key}`} step={{ ...step, tellsClient: false }} error={preview.error} busy={preview.isPending} onSend={(input) => send({ kind: "move", transition: step.key, input })} />}
      </Modal>
      <Modal opened={run !== null} size="lg" onClose={() => setRun(null)} title={<b>{t("bulk.title")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>{run && <BulkProgress started={run} onDone={() => { setRun(null); onClear(); }} />}</Modal>
    </section>
  );
}

function Give({ error, busy, onSend }: { error: unknown; busy: boolean; onSend: (ownerId: string | null) => void }) {
  const t = useT();
  const people = useApi("listColleagues", null);
  const [owner, setOwner] = useState<string | null>(null);
  const data = [{ value: "nobody", label: t("ticket.noOwner") }, ...(people.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); if (owner) onSend(owner === "nobody" ? null : owner); }}>
      <Select data-autofocus label={t("ticket.owner")} searchable data={data} value={owner} onChange={setOwner} />
      <ProblemNote error={error} />
      <div className="row"><Button type="submit" loading={busy} disabled={!owner}>{t("bulk.preview")}</Button></div>
    </form>
  );
}
