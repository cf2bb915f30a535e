import type { SavedView } from "@linija/server/contract/views/views";
import { ActionIcon, Button, Menu, Modal, Select, TextInput } from "@mantine/core";
import { IconBookmarkPlus, IconDots, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useT, useWord } from "../../i18n/intl.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { useRefusal } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { useTypes } from "../tickets/useTypes.ts";
import type { Asked } from "./asked.ts";
import { defaultColumns } from "./columns.ts";

interface Props { asked: Asked; isBoard: boolean; current: string | undefined; isChanged: boolean; onShow: (view: SavedView) => void; onSaved: (view: SavedView) => void }

/** One's own views and those shared with one, and saving what is shown now. */
export function SavedViews({ asked, isBoard, current, isChanged, onShow, onSaved }: Props) {
  const t = useT();
  const { data } = useApi("listViews", null, { staleTime: 60_000 });
  const [saving, setSaving] = useState(false);
  const views = data?.items ?? [];
  const shown = views.find(({ id }) => id === current);
  return (
    <>
      {views.map((view) => <button key={view.id} type="button" aria-current={view.id === current ? "true" : undefined} title={view.mine ? undefined : t("views.sharedBy", { name: view.ownerName })} onClick={() => onShow(view)}>{view.shared && <IconUsers size={13} aria-label={t("views.shared")} />} {view.name}{view.id === current && isChanged ? " •" : ""}</button>)}
      {shown?.mayChange && <ViewMenu key={shown.id} view={shown} asked={asked} isBoard={isBoard} isChanged={isChanged} onSaved={onSaved} />}
      {isChanged && <Button size="compact-sm" variant="subtle" leftSection={<IconBookmarkPlus size={15} />} onClick={() => setSaving(true)}>{t("views.save")}</Button>}
      <Modal opened={saving} onClose={() => setSaving(false)} title={<b>{t("views.save")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
        <SaveForm asked={asked} isBoard={isBoard} onSaved={(view) => { setSaving(false); onSaved(view); }} />
      </Modal>
    </>
  );
}

function SaveForm({ asked, isBoard, onSaved }: { asked: Asked; isBoard: boolean; onSaved: (view: SavedView) => void }) {
  const t = useT();
  const word = useWord();
  const me = useMe();
  const { projects } = useTypes({ projectKey: null });
  const [name, setName] = useState("");
  const [project, setProject] = useState<string | null>(null);
  const [role, setRole] = useState<string | null>(null);
  const save = useSend("saveView", ["listViews"], { onSuccess: onSaved });
  const send = () => save.mutate({ body: { name, filter: asked.filter, sort: asked.sort, columns: asked.columns ?? defaultColumns, layout: isBoard ? "board" : "list", shared: project ? { projectKey: project, role: role as "operator" | null } : null } });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <TextInput data-autofocus label={t("views.name")} maxLength={80} value={name} onChange={(event) => setName(event.currentTarget.value)} error={fieldError(save.error, "name")} />
      {may(me, "views.share") && <Select label={t("views.shareWith")} placeholder={t("views.onlyMe")} clearable data={projects.map((each) => ({ value: each.key, label: each.name }))} value={project} onChange={setProject} error={fieldError(save.error, "shared")} clearButtonProps={{ "aria-label": t("do.clear") }} />}
      {project && <Select label={t("views.role")} placeholder={t("views.everybody")} clearable data={(["operator", "supervisor", "department_worker", "management"] as const).map((each) => ({ value: each, label: word("role", each) }))} value={role} onChange={setRole} clearButtonProps={{ "aria-label": t("do.clear") }} />}
      {!fieldError(save.error, "name", "shared") && <ProblemNote error={save.error} />}
      <div className="row"><Button type="submit" loading={save.isPending} disabled={!name.trim()}>{t("do.save")}</Button></div>
    </form>
  );
}

function ViewMenu({ view, asked, isBoard, isChanged, onSaved }: { view: SavedView } & Pick<Props, "asked" | "isBoard" | "isChanged" | "onSaved">) {
  const t = useT();
  const refused = useRefusal();
  const change = useSend("changeView", ["listViews"], { onSuccess: onSaved, onError: refused });
  const remove = useSend("removeView", ["listViews"], { onError: refused });
  const { id, version, name, columns, shared } = view;
  return (
    <Menu position="bottom-start">
      <Menu.Target><ActionIcon variant="subtle" aria-label={t("views.more", { name })}><IconDots size={15} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!isChanged} onClick={() => change.mutate({ params: { id }, body: { version, name, columns: asked.columns ?? columns, shared, filter: asked.filter, sort: asked.sort, layout: isBoard ? "board" : "list" } })}>{t("views.keepChange")}</Menu.Item>
        <Menu.Item color="red" onClick={() => remove.mutate({ params: { id } })}>{t("do.remove")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
