import { roleNames, type Role } from "./roles.ts";
import type { UserView } from "@linija/server/contract/access/access";
import type { Language } from "@linija/server/contract/api";
import { Button, Checkbox, MultiSelect, PasswordInput, Select, TextInput } from "@mantine/core";
import { useRef, useState, type FormEvent } from "react";
import { languageNames, languages, useT } from "../../i18n/intl.tsx";
import { focusFault } from "../../shared/focus.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useApi, useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { useDepartment, useTypes } from "../tickets/useTypes.ts";
import { useMe } from "./session.ts";
import { faultsOf, type UserDraft } from "./userFaults.ts";
import css from "./access.module.css";

interface Draft extends UserDraft { language: Language; roles: Role[]; projects: string[]; department: string | null; disabled: boolean }

/** Creates a user, or changes rights, language, password; blocking ends the person's sessions at once. */
export function UserForm({ user, onDone }: { user?: UserView; onDone: () => void }) {
  const t = useT();
  const departmentName = useDepartment();
  const me = useMe();
  const { projects } = useTypes({ projectKey: null });
  const { data: users } = useApi("listUsers");
  const departments = [...new Set([...projects.flatMap((project) => project.departments.map(({ key }) => key)), ...(users?.items ?? []).flatMap(({ department }) => department ?? [])])];
  const [draft, setDraft] = useState<Draft>(() => ({ login: user?.login ?? "", name: user?.name ?? "", language: user?.language ?? "en", roles: user?.roles ?? ["operator"], projects: user?.projects ?? [], department: user?.department ?? null, password: "", disabled: user?.disabled ?? false }));
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const done = () => { say(t("users.saved")); onDone(); };
  const form = useRef<HTMLFormElement>(null);
  const onError = () => focusFault(form.current);
  const create = useSend("createUser", ["listUsers"], { onSuccess: done, onError });
  const update = useSend("updateUser", ["listUsers", "getMe"], { onSuccess: done, onError });
  const error = create.error ?? update.error;
  const { login, password, disabled, ...rest } = draft;
  // Shown from the first try to save on, and gone as soon as they are mended.
  const [tried, setTried] = useState(false);
  const faults = faultsOf(draft, user === undefined);
  const errorOf = (field: keyof UserDraft) => (tried && faults[field] ? t(faults[field].key, faults[field]) : fieldError(error, field));
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length > 0) return focusFault(form.current);
    if (user) update.mutate({ params: { id: user.id }, body: { ...rest, disabled, version: user.version, ...(password && { password }) } });
    else create.mutate({ body: { ...rest, login, password } });
  };
  const keys = [...new Set([...projects.map((project) => project.key), ...draft.projects])];
  return (
    <form ref={form} className={css.form} onSubmit={save} noValidate>
      {!user && <TextInput label={t("signIn.login")} withAsterisk required value={login} onChange={(event) => set({ login: event.currentTarget.value })} error={errorOf("login")} autoComplete="off" />}
      <TextInput label={t("users.name")} withAsterisk required value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} error={errorOf("name")} autoComplete="off" />
      <Checkbox.Group label={t("users.roles")} value={draft.roles} onChange={(roles) => set({ roles: roles as Role[] })} error={fieldError(error, "roles")}>
        <div className={css.roles}>{roleNames.map((role) => <Checkbox key={role} size="xs" value={role} label={t(`role.${role}`)} />)}</div>
      </Checkbox.Group>
      <MultiSelect size="xs" label={t("users.projects")} data={keys.map((key) => ({ value: key, label: projects.find((project) => project.key === key)?.name ?? key }))} value={draft.projects} onChange={(chosen) => set({ projects: chosen })} error={fieldError(error, "projects")} />
      {draft.projects.length === 0 && draft.roles.some((role) => role !== "administrator") && <p role="status" className={css.warn}>{t(draft.roles.includes("operator") ? "users.noProjectCalls" : "users.noProject")}</p>}
      {draft.roles.includes("department_worker") && departments.length > 0 && <Select label={t("ticket.department")} clearable data={departments.map((key) => ({ value: key, label: departmentName(key) }))} value={draft.department} onChange={(department) => set({ department })} error={fieldError(error, "department")} />}
      <Select label={t("settings.language")} data={languages.map((value) => ({ value, label: languageNames[value] }))} value={draft.language} onChange={(value) => set({ language: value as Language })} />
      {user?.id === me.id ? <p className="dim small">{t("users.ownPassword")}</p> : <PasswordInput size="xs" label={t(user ? "users.newPassword" : "signIn.password")} description={t("users.passwordRule")} required={!user} minLength={12} value={password} onChange={(event) => set({ password: event.currentTarget.value })} error={errorOf("password")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }} />}
      {user && <Checkbox size="xs" label={t("users.block")} description={t("users.blockHint")} checked={disabled} onChange={(event) => set({ disabled: event.currentTarget.checked })} />}
      {!fieldError(error, "login", "name", "password", "roles", "projects", "department") && <ProblemNote error={error} />}
      <div className="row between"><span /><Button type="submit" loading={create.isPending || update.isPending} disabled={draft.roles.length === 0}>{t("do.save")}</Button></div>
    </form>
  );
}
