import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as realSleep } from 'node:timers/promises';
import { type AwsCall, type AwsFaults, faultError } from './aws-faults.ts';
import { type HttpAnswer, send } from './http-answer.ts';
import type { AwsError } from './service.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The error in the protocol that the caller speaks. */
  readonly refuse: (error: AwsError) => HttpAnswer;
}

/** Lets `act` answer a call over HTTP, as far as the faults in force allow it. */
export const underFaults = async (
  faults: AwsFaults | undefined,
  call: AwsCall,
  { request, response, refuse }: Exchange,
  act: () => void | Promise<void>,
): Promise<void> => {
  const fault = faults?.strike(call);
  if (fault === undefined) return act();
  const error = faultError(fault, call);
  if (error !== undefined) {
    request.resume();
    return send(response, refuse(error));
  }
  if (fault.kind === 'slow') await realSleep(fault.realMs, undefined, { ref: false });
  if (fault.kind === 'reset') {
    if (fault.tookEffect !== true) return void request.socket.resetAndDestroy();
    loseAnswer(response);
  }
  return act();
};

/** Whatever is answered, the caller sees the connection break. */
const loseAnswer = (response: ServerResponse): void => {
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    response.socket?.resetAndDestroy();
    return response;
  };
};
