import type { Language } from "@linija/server/contract/api";
import { Button, MantineProvider } from "@mantine/core";
import { IconCircleCheck, IconCloudOff } from "@tabler/icons-react";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { theme } from "../../app/theme.ts";
import { Intl, languageNames, languages, languageShown, showLanguage, useT } from "../../i18n/intl.tsx";
import { ApiError } from "../../shared/api.ts";
import { queryClient } from "../../shared/query.ts";
import { readStored, writeStored } from "../../shared/settings.ts";
import { FormView } from "./FormView.tsx";
import { goTo } from "./Progress.tsx";
import { openShared, type SharedFilling } from "./shared.ts";
import { useLanguage, type FormDeeds } from "./useForm.tsx";
import css from "./forms.module.css";

const OPEN_AGAIN_MS = 3_000;
const CHOSEN = "linija:client-language";
const secretOf = (path: string): string => /^\/f\/([\w-]+)/.exec(path)?.[1] ?? "";

export default function ClientForm() {
  return <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} defaultColorScheme="auto"><QueryClientProvider client={queryClient}><Intl editors><Opened secret={secretOf(location.pathname)} /></Intl></QueryClientProvider></MantineProvider>;
}

type Opening = SharedFilling | "opening" | "away" | "gone";

function Opened({ secret }: { secret: string }) {
  const [filling, setFilling] = useState<Opening>("opening");
  const [, again] = useState(0);
  useEffect(() => follow(secret, setFilling, () => again((n) => n + 1)), [secret]);
  return <Page filling={filling} />;
}

/** Opens the form as soon as somebody answers, and follows what is done with it elsewhere; returns how to stop. */
function follow(secret: string, onOpened: (filling: Opening) => void, onChange: () => void): () => void {
  let filling: SharedFilling | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isStopped = false;
  const open = () => void openShared(secret).then(async (made) => {
    // In their language from the first moment: nobody begins to fill what changes under their hands.
    await languageShown(readStored<Language>(CHOSEN) ?? made.shared.language);
    if (isStopped) { made.stop(); return; }
    filling = made;
    made.onChange = onChange;
    onOpened(made);
  }, (error: unknown) => {
    if (isStopped) return;
    const isGone = error instanceof ApiError && error.problem.status === 404;
    onOpened(isGone ? "gone" : "away");
    if (!isGone) timer = setTimeout(open, OPEN_AGAIN_MS);
  });
  open();
  const live = new EventSource(`/api/public/forms/${encodeURIComponent(secret)}/live`);
  const back = () => { void filling?.send(); void filling?.files.send(); };
  const look = () => void filling?.look();
  live.onmessage = look;
  live.addEventListener("closed", () => { live.close(); filling?.close(); });
  addEventListener("online", back);
  addEventListener("offline", look);
  const hidden = () => { if (document.visibilityState === "hidden") filling?.leave(); };
  document.addEventListener("visibilitychange", hidden);
  return () => {
    isStopped = true;
    live.close();
    removeEventListener("online", back);
    removeEventListener("offline", look);
    document.removeEventListener("visibilitychange", hidden);
    if (timer) clearTimeout(timer);
    filling?.stop();
  };
}

function Page({ filling }: { filling: Opening }) {
  const t = useT();
  if (filling === "opening") return <main className={css.public} aria-busy="true" />;
  if (filling === "away") return <main className={css.public}><Languages /><h1>Linija</h1><p className={css.notice} data-kind="away" role="status"><IconCloudOff size={18} aria-hidden />{t("forms.public.connecting")}</p></main>;
  if (filling === "gone" || (filling.isGone && filling.shared.state === "draft")) return <main className={css.public}><Languages /><h1>Linija</h1><p role="alert">{t("forms.noLink")}</p></main>;
  return <Filled filling={filling} />;
}

/** Each by its own name: who cannot read this page has to find theirs. */
function Languages() {
  const t = useT();
  const shown = useLanguage();
  const choose = (language: Language) => { writeStored(CHOSEN, language); showLanguage(language); };
  return (
    <div className={css.languages} role="group" aria-label={t("forms.public.language")}>
      {languages.map((language) => <Button key={language} size="compact-sm" lang={language} variant={language === shown ? "light" : "subtle"} aria-pressed={language === shown} onClick={() => choose(language)}>{languageNames[language]}</Button>)}
    </div>
  );
}

const PREFIX = "shared";

function Filled({ filling }: { filling: SharedFilling }) {
  const language = useLanguage();
  const { shared, store } = filling;
  // What the server says of mistakes is in the language it is read in.
  useEffect(() => { void filling.look(); }, [filling, language]);
  const deeds: FormDeeds = {
    projectKey: "", formId: "", country: shared.country, isPublic: true, at: (path) => filling.at(path),
    files: filling.files, fileName: (id) => { const file = filling.shared.files.find((one) => one.id === id); return file ? { name: file.name, href: null } : null; },
  };
  const isDone = shared.state === "submitted";
  return (
    <main className={css.public}>
      <Languages />
      <div><p className={css.hint}>{shared.projectName[language]}</p><h1>{store.form.document.name[language]}</h1></div>
      <Standing filling={filling} />
      <FormView store={store} deeds={deeds} readOnly={isDone} prefix={PREFIX} />
      {!isDone && !shared.readyAt && <Foot filling={filling} />}
    </main>
  );
}

/** Where it stands, in one place at the top: done, told as filled, kept here without a network, or being filled. */
function Standing({ filling: { shared, isAway, isKept, wantsReady } }: { filling: SharedFilling }) {
  const t = useT();
  const intl = useIntl();
  const at = (moment: string) => intl.formatDate(moment, { dateStyle: "long", timeStyle: "short", timeZone: shared.timeZone });
  if (shared.state === "submitted") return <Notice title={t("forms.public.doneTitle")} text={t("forms.public.doneAbout", { at: at(shared.submittedAt ?? shared.until) })} />;
  return (
    <>
      {shared.readyAt && <Notice title={t("forms.public.ready")} text={t("forms.public.readyAbout", { at: at(shared.readyAt) })} />}
      {isAway && <p className={css.notice} data-kind="away" role="status"><IconCloudOff size={18} aria-hidden /><span>{t(isKept ? "forms.public.away" : "forms.public.awayLoose")}{wantsReady && ` ${t("forms.public.readyAway")}`}</span></p>}
      {!shared.readyAt && !isAway && <p className={css.hint}>{t("forms.public.hint")}</p>}
    </>
  );
}

const Notice = ({ title, text }: { title: string; text: string }) => <section className={css.notice} data-kind="done" role="status"><IconCircleCheck size={20} aria-hidden /><div><h2>{title}</h2><p>{text}</p></div></section>;

function Foot({ filling }: { filling: SharedFilling }) {
  const t = useT();
  const { waits, wantsReady, isAway, isRefused } = filling;
  const ready = () => { const wrong = filling.ready(); if (wrong !== null) goTo(PREFIX, wrong); };
  return (
    <div className={css.foot}>
      {!isAway && !isRefused && <span className={css.kept} role="status">{t(waits ? "forms.public.sending" : "forms.public.sent")}</span>}
      <Button loading={wantsReady && !isAway} disabled={wantsReady} onClick={ready}>{t("forms.public.readyButton")}</Button>
    </div>
  );
}
