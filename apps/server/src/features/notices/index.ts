export { noticesListener } from "./notices.listener.ts";
export { sendDue, startSender } from "./notices.sender.ts";
export { createMailer, type Mail, type Mailer } from "./notices.mail.ts";
export { mailProbe, sendsNoMail } from "./notices.health.ts";
export { factText, momentText, periodText } from "./notices.text.ts";
export { startDemoMail, type DemoMailServer } from "./demo.mail.ts";
export { demoMailRoutes } from "./demo.mail.routes.ts";
export { writeLetter, type Letter } from "./notices.letter.ts";
