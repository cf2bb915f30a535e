import type { UserView } from "@linija/server/contract/access/access";
import { Button, Modal, TextInput } from "@mantine/core";
import { IconSearch, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { languageNames, useT } from "../../i18n/intl.tsx";
import { Skeleton } from "../../shared/parts.tsx";
import { ProblemNote } from "../../shared/problem.tsx";
import { useApi } from "../../shared/query.ts";
import { useTypes } from "../tickets/useTypes.ts";
import { UserForm } from "./UserForm.tsx";
import css from "./access.module.css";

export function Users() {
  const t = useT();
  const { data, error, refetch } = useApi("listUsers");
  const [text, setText] = useState("");
  const [open, setOpen] = useState<UserView | "new" | null>(null);
  const found = (data?.items ?? []).filter((user) => `${user.name} ${user.login}`.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <section className="stack" aria-label={t("users.title")}>
      <div className="row wrap"><h2 className="grow">{t("users.title")} <span className="num dim">{data?.items.length}</span></h2>
        <TextInput leftSection={<IconSearch size={15} />} placeholder={t("users.search")} aria-label={t("users.search")} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Button leftSection={<IconUserPlus size={15} />} onClick={() => setOpen("new")}>{t("users.new")}</Button></div>
      <ProblemNote error={error} onRetry={() => void refetch()} />
      <div className={`panel ${css.users}`}>
        <div className={`${css.userRow} ${css.userHead}`} aria-hidden><span>{t("users.name")}</span><span>{t("signIn.login")}</span><span>{t("users.roles")}</span><span>{t("users.projects")}</span><span>{t("settings.language")}</span></div>
        {!data && !error && <Skeleton rows={8} height={36} />}
        {found.map((user) => <UserRow key={user.id} user={user} onOpen={() => setOpen(user)} />)}
        {data && found.length === 0 && <p className={`dim ${css.none}`}>{t("users.none")}</p>}
      </div>
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={<b>{open && open !== "new" ? open.name : t("users.new")}</b>} closeButtonProps={{ "aria-label": t("do.close") }}>
        {open && <UserForm key={open === "new" ? "new" : open.id} user={open === "new" ? undefined : open} onDone={() => setOpen(null)} />}
      </Modal>
    </section>
  );
}

function UserRow({ user, onOpen }: { user: UserView; onOpen: () => void }) {
  const t = useT();
  const { projects } = useTypes({ projectKey: null });
  return (
    <button type="button" className={css.userRow} onClick={onOpen}>
      <span className="row"><span className={`cut strong ${user.disabled ? css.off : ""}`}>{user.name}</span>{user.disabled && <span className="chip danger">{t("users.blocked")}</span>}</span>
      <span className="cut dim">{user.login}</span>
      <span className="row wrap">{user.roles.map((role) => <span key={role} className="chip">{t(`role.${role}`)}</span>)}</span>
      <span className="cut dim">{user.projects.map((key) => projects.find((project) => project.key === key)?.name ?? key).join(", ")}</span>
      <span className="dim">{languageNames[user.language]}</span>
    </button>
  );
}
