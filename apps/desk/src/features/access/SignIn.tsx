import type { Language } from "@linija/server/contract/api";
import { Button, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { Mark } from "../../app/Mark.tsx";
import { languageNames, languages, showLanguage, useT } from "../../i18n/intl.tsx";
import { headers } from "../../shared/api.ts";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { begin } from "./session.ts";
import css from "./access.module.css";

export function SignIn() {
  const t = useT();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSend("signIn", [], { onSuccess: begin });
  useEffect(() => { document.title = "Linija"; performance.mark("desk:interactive"); }, []);
  const send = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ body: { login, password } });
  };
  const atField = fieldError(signIn.error, "login", "password");
  return (
    <main className={css.signIn}>
      <form className={css.signInBox} onSubmit={send}>
        <div className="row"><Mark size={34} /><span className={css.brand}>Linija</span></div>
        <h1>{t("signIn.title")}</h1>
        <TextInput size="sm" label={t("signIn.login")} name="login" autoComplete="username" autoFocus required withAsterisk={false} value={login} error={fieldError(signIn.error, "login")} onChange={(event) => setLogin(event.currentTarget.value)} />
        <PasswordInput size="sm" label={t("signIn.password")} name="password" autoComplete="current-password" required withAsterisk={false} value={password} error={fieldError(signIn.error, "password")} onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }} />
        {!atField && <ProblemNote error={signIn.error} />}
        <Button type="submit" size="sm" fullWidth loading={signIn.isPending}>{t("signIn.enter")}</Button>
        <SegmentedControl size="xs" fullWidth aria-label={t("settings.language")} value={headers.language} data={languages.map((value) => ({ value, label: languageNames[value] }))} onChange={(value) => showLanguage(value as Language)} />
      </form>
    </main>
  );
}
