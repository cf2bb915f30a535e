export { createRegistrar, SIP_REALM } from "./operators.registrar.ts";
export { FORGET_REGISTRATIONS, operatorsJobs } from "./operators.jobs.ts";
export { operatorsListener, type OperatorsListenerDeps } from "./operators.listener.ts";
export { operatorsRoutes } from "./operators.routes.ts";
export type { OperatorsDeps } from "./operators.service.ts";
export { selectContacts, selectLine, selectOperator, selectOperators, selectSipAccount, updateDevice, upsertRegistration, deleteRegistration } from "./operators.sql.ts";
export type { LineRow, OperatorRow, OperatorState, SipAccount } from "./operators.sql.ts";
