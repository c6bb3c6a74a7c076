#!/usr/bin/env escript
%% -*- erlang -*-
%%! -noshell -kernel logger_level error
%%
%% Plays scenarios on Erlang/OTP's own supervisor and writes the traces:
%%
%%   oracle.escript DIR SCENARIO.json ...
%%
%% writes DIR/NAME.jsonl for each SCENARIO.json. The format of both is described
%% in package supervise/scenario.
%%
%% The installed supervisor.beam is loaded from its debug information under the
%% name otp_supervisor with one change: erlang:monotonic_time(1) (whole seconds)
%% in add_restart/1 becomes a virtual clock in milliseconds, and `period' is given
%% in those. It refuses to run unless it finds exactly that one call.
%%
%% The order of a trace is that of the VM, not of the arrival of messages: exits
%% come from erlang:trace/3 with strict_monotonic_timestamp, and starts and
%% replies are stamped from the same counter in the process that caused them.
%%
%% Exit status 2: a scenario could not be played; those before it are written.
-module(oracle).
-mode(compile).
-export([main/1, init/1, log/2, start_node/4, start_instance/4, vclock/0]).

-define(SUP, otp_supervisor).

%%% ------------------------------------------------------------------
%%% main
%%% ------------------------------------------------------------------
main([Dir | Files]) ->
    try
        setup(),
        lists:foreach(fun(F) -> run_file(F, Dir) end, Files)
    catch
        C:E:St ->
            io:format(standard_error, "oracle: ~p:~p~n~p~n", [C, E, St]),
            halt(2)
    end,
    halt(0).

setup() ->
    _ = logger:remove_handler(default),
    ok = logger:add_handler(oracle, ?MODULE, #{level => error}),
    persistent_term:put(oracle_clock, atomics:new(1, [{signed, true}])),
    load_virtual().

run_file(File, Dir) ->
    {ok, Bin} = file:read_file(File),
    Lines = run_scenario(json_decode(Bin)),
    Out = [[json_encode(L), $\n] || L <- Lines],
    Base = filename:basename(File, ".json"),
    ok = file:write_file(filename:join(Dir, Base ++ ".jsonl"), Out).

%%% ------------------------------------------------------------------
%%% supervisor copy on a virtual clock
%%% ------------------------------------------------------------------
load_virtual() ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} =
        beam_lib:chunks(code:which(supervisor), [abstract_code]),
    put(n_clock, 0), put(n_start, 0),
    Forms1 = xf(Forms),
    {1, 2} = {get(n_clock), get(n_start)},      % exactly what we expect to touch
    {ok, otp_supervisor, Code} = compile:forms(Forms1, []),
    {module, otp_supervisor} = code:load_binary(otp_supervisor, "otp_supervisor", Code),
    ok.

xf({attribute, L, module, supervisor}) -> {attribute, L, module, otp_supervisor};
xf({call, L, {remote, L2, {atom, L3, erlang}, {atom, L4, monotonic_time}}, [{integer, _, 1}]}) ->
    put(n_clock, get(n_clock) + 1),
    {call, L, {remote, L2, {atom, L3, ?MODULE}, {atom, L4, vclock}}, []};
xf({call, L, {remote, _, {atom, _, gen_server}, {atom, _, start_link}} = F, As}) ->
    put(n_start, get(n_start) + 1),
    {call, L, F, [case A of {atom, La, supervisor} -> {atom, La, otp_supervisor}; _ -> A end
                  || A <- As]};
xf(T) when is_tuple(T) -> list_to_tuple([xf(E) || E <- tuple_to_list(T)]);
xf([H | T]) -> [xf(H) | xf(T)];
xf(X) -> X.

vclock() -> atomics:get(persistent_term:get(oracle_clock), 1).
vclock_reset() -> atomics:put(persistent_term:get(oracle_clock), 1, 1000000).
vclock_add(Ms) -> atomics:add(persistent_term:get(oracle_clock), 1, Ms).

%%% ------------------------------------------------------------------
%%% logger handler (runs in the supervisor's own process)
%%% ------------------------------------------------------------------
log(#{msg := {report, #{label := {supervisor, shutdown}, report := R}}}, _) ->
    case proplists:get_value(reason, R) of
        reached_max_restart_intensity -> flag(intensity, self());
        _ -> ok
    end;
log(_, _) -> ok.

%%% ------------------------------------------------------------------
%%% raw event store
%%% ------------------------------------------------------------------
ev(E) -> ev(erlang:unique_integer([monotonic]), E).
ev(Stamp, E) ->
    ets:insert(raw, {Stamp, E}),
    ets:update_counter(flags, n_events, 1, {n_events, 0}),
    ok.
flag(K, V) -> catch ets:insert(flags, {{K, V}, true}), ok.
flagged(K, V) -> ets:member(flags, {K, V}).
n_events() -> case ets:lookup(flags, n_events) of [{_, N}] -> N; [] -> 0 end.

%% tracer process: one per scenario
collector() ->
    receive
        {From, Ref, {trace, Pid, Kind}} ->
            Fl = case Kind of
                     worker -> [procs];
                     supervisor -> [procs, send, 'receive']
                 end,
            _ = (catch erlang:trace(Pid, true, [strict_monotonic_timestamp | Fl])),
            From ! {Ref, ok},
            collector();
        {trace_ts, Pid, exit, Reason, {_, St}} -> ev(St, {pexit, Pid, Reason}), collector();
        {trace_ts, Pid, 'receive', {'EXIT', From, R}, {_, _}} ->
            ets:insert(flags, {{got_exit, Pid, From}, R}), collector();
        {trace_ts, Pid, send, _Msg, To, {_, St}} ->
            case flagged(helper, To) of
                true -> ev(St, {sent, Pid, To});
                false -> ok
            end,
            collector();
        {sync, From, Ref} -> From ! {Ref, ok}, collector();
        stop -> ok;
        _ -> collector()
    end.

trace_me(Kind) ->
    Ref = make_ref(),
    oracle_collector ! {self(), Ref, {trace, self(), Kind}},
    receive {Ref, ok} -> ok end.

%%% ------------------------------------------------------------------
%%% children
%%% ------------------------------------------------------------------
%% supervisor callback
init({Path, Spec}) ->
    trace_me(supervisor),
    Parent = parent_pid(),
    ets:insert(flags, {{sup_parent, self()}, Parent}),
    ets:insert(reg, {Path, self(), supervisor, Parent, Spec}),
    {ok, {sup_flags(Spec), child_specs(Path, Spec)}}.

parent_pid() ->
    case hd(get('$ancestors')) of
        P when is_pid(P) -> P;
        Name -> whereis(Name)
    end.

sup_flags(Spec) ->
    Period = dur(maps:get(<<"period">>, Spec, <<"5s">>)),
    #{strategy => atom(maps:get(<<"strategy">>, Spec, <<"one_for_one">>)),
      intensity => maps:get(<<"intensity">>, Spec, 1),
      period => Period,
      auto_shutdown => atom(maps:get(<<"auto_shutdown">>, Spec, <<"never">>))}.

child_specs(Path, Spec) ->
    Simple = is_simple(Spec),
    [child_spec(Path, C, Simple) || C <- maps:get(<<"children">>, Spec, [])].

is_simple(Spec) -> maps:get(<<"strategy">>, Spec, <<"one_for_one">>) =:= <<"simple_one_for_one">>.

child_spec(SupPath, C, Simple) ->
    Id = maps:get(<<"id">>, C),
    Kind = case C of #{<<"supervisor">> := _} -> supervisor; _ -> worker end,
    Type = atom(maps:get(<<"type">>, C, atom_to_binary(Kind))),
    Shut = case C of
               #{<<"shutdown">> := <<"brutal_kill">>} -> brutal_kill;
               #{<<"shutdown">> := <<"infinity">>} -> infinity;
               #{<<"shutdown">> := S} -> dur(S);
               _ when Type =:= supervisor -> infinity;
               _ -> 5000
           end,
    Start = case Simple of
                true -> {?MODULE, start_instance, [SupPath, Kind, {C, Shut}]};
                false -> {?MODULE, start_node, [SupPath, join(SupPath, Id), Kind, {C, Shut}]}
            end,
    #{id => Id, start => Start, restart => atom(maps:get(<<"restart">>, C, <<"permanent">>)),
      significant => maps:get(<<"significant">>, C, false),
      shutdown => Shut, type => Type, modules => [?MODULE]}.

join(<<>>, Id) -> Id;
join(P, Id) -> <<P/binary, "/", Id/binary>>.

start_instance(SupPath, Kind, {C, _} = CS, N) ->
    Id = maps:get(<<"id">>, C),
    Tpl = join(SupPath, Id),
    start_node1(Tpl, <<Tpl/binary, "#", (integer_to_binary(N))/binary>>, Kind, CS, true).

start_node(_SupPath, Path, Kind, CS) -> start_node1(Path, Path, Kind, CS, false).

%% Runs in the supervisor process (this is the child's start function).
start_node1(Tpl, Path, Kind, {C, Shut}, Simple) ->
    case planned_failure(Path, Tpl) of
        none -> start_real(Path, Kind, C, Shut, Simple);
        <<"ignore">> -> ev({start_ignored, Path}), ignore;
        <<"error">> -> ev({start_failed, Path, <<"error">>}), {error, start_error};
        <<"exception">> -> ev({start_failed, Path, <<"exception">>}), exit(start_exception)
    end.

start_real(Path, worker, _C, Shut, Simple) ->
    Sup = self(),
    {Pid, Ref} = spawn_opt(fun() -> worker_init(Sup, Path, Shut, Simple) end, [link, monitor]),
    receive
        {Pid, up} -> erlang:demonitor(Ref, [flush]);
        {'DOWN', Ref, _, _, W} -> exit({worker_failed, W})
    end,
    ets:insert(reg, {Path, Pid, worker, Sup, Shut}),
    flag(started, Path),
    ev({start, Path, Pid, worker}),
    {ok, Pid};
start_real(Path, supervisor, C, _Shut, _Simple) ->
    case ?SUP:start_link(?MODULE, {Path, maps:get(<<"supervisor">>, C)}) of
        {ok, Pid} ->
            flag(started, Path),
            ev({start, Path, Pid, supervisor}),
            {ok, Pid};
        {error, R} = E ->
            ev({start_failed, Path, fail_reason(R)}),
            E
    end.

fail_reason({shutdown, {failed_to_start_child, _, _}}) -> <<"failed_to_start_child">>;
fail_reason(R) -> spec_reason(R).

spec_reason({start_spec, {Tag, _}}) -> atom_to_binary(Tag);
spec_reason({start_spec, Tag}) when is_atom(Tag) -> atom_to_binary(Tag);
spec_reason({bad_start_spec, _}) -> <<"bad_start_spec">>;
spec_reason({supervisor_data, {Tag, _}}) -> atom_to_binary(Tag);
spec_reason({Tag, _}) when is_atom(Tag) -> atom_to_binary(Tag);
spec_reason(R) -> fmt(R).

%% A planned failure consumes one attempt.  Requests to be queued during that
%% attempt are put in the supervisor's mailbox before the start function returns.
planned_failure(Path, Tpl) ->
    Key = case ets:lookup(plans, Path) of
              [_] -> Path;
              [] -> Tpl
          end,
    case ets:lookup(plans, Key) of
        [{_, Left, Reason, Done, Queue, Step}] when Left > 0 ->
            K = Done + 1,
            ets:insert(plans, {Key, Left - 1, Reason, K, Queue, Step}),
            [enqueue(S, Step) || #{<<"at">> := At} = Q <- Queue, At =:= K,
                                 S <- [maps:get(<<"step">>, Q)]],
            Reason;
        _ -> none
    end.

enqueue(#{<<"stop">> := R}, _Step) ->
    Ref = make_ref(),
    oracle_top ! {stop_async, reason(R), self(), Ref},
    receive {Ref, ok} -> ok end;
enqueue(S, Step) ->
    case request(S) of
        {reply, R} -> reply(Step, R);
        {Sup, Req, Fmt} -> enqueue(Sup, Req, Fmt, Step)
    end.

enqueue(Sup, Req, Fmt, Step) ->
    Me = self(), Ref = make_ref(),
    Helper = spawn(fun() ->
                  %% A call of gen_server's by hand: the reply is sent to the
                  %% alias, which must be known as one before.
                  Id = monitor(process, Sup, [{alias, reply_demonitor}]),
                  flag(helper, Id),
                  Sup ! {'$gen_call', {self(), [alias | Id]}, Req},
                  Me ! {Ref, ok},
                  R = receive
                          {[alias | Id], X} -> X;
                          {'DOWN', Id, _, _, _} -> {error, noproc}
                      end,
                  ets:insert(flags, {{hreply, Id}, {Step, Fmt(R)}}),
                  %% a supervisor that died answers nothing: stamp it here
                  case R of
                      {error, noproc} -> ev({sent, none, Id});
                      _ -> ok
                  end
          end),
    receive {Ref, ok} -> Helper end.

worker_init(Sup, Path, Shut, Simple) ->
    process_flag(trap_exit, true),
    trace_me(worker),
    Sup ! {self(), up},
    worker(Sup, Path, Shut, Simple).

worker(Sup, Path, Shut, Simple) ->
    receive
        {'$exit', R} -> exit(R);
        {'EXIT', Sup, R} ->
            case (R =:= shutdown) andalso flagged(hang, Path) of
                true ->
                    flag(hung, self()),
                    hang_clock(Sup, Shut, Simple),
                    worker_hang();
                false -> exit(R)
            end;
        _ -> worker(Sup, Path, Shut, Simple)
    end.

%% The supervisor is blocked for exactly its shutdown timeout of virtual time.
%% A simple_one_for_one supervisor shares one timer among all its instances.
hang_clock(_Sup, Shut, false) when is_integer(Shut) -> vclock_add(Shut);
hang_clock(Sup, Shut, true) when is_integer(Shut) ->
    [{_, Step}] = ets:lookup(flags, cur_step),
    case ets:insert_new(flags, {{hang_bump, Sup, Step}, true}) of
        true -> vclock_add(Shut);
        false -> ok
    end;
hang_clock(_, _, _) -> ok.

worker_hang() -> receive _ -> worker_hang() end.

%%% ------------------------------------------------------------------
%%% the process that owns the top supervisor
%%% ------------------------------------------------------------------
top(Runner, Spec) ->
    process_flag(trap_exit, true),
    register(oracle_top, self()),
    R = (catch ?SUP:start_link(?MODULE, {<<>>, Spec})),
    case R of
        {ok, Pid} -> ev({started_top, Pid});
        _ -> ok
    end,
    Runner ! {boot, R},
    top_loop(R).

top_loop(R) ->
    receive
        {stop_async, Reason, From, Ref} ->
            case R of {ok, P} -> exit(P, Reason); _ -> ok end,
            From ! {Ref, ok},
            top_loop(R);
        {die, From, Ref} -> From ! {Ref, ok};
        _ -> top_loop(R)
    end.

%%% ------------------------------------------------------------------
%%% scenario runner
%%% ------------------------------------------------------------------
run_scenario(Scn) ->
    [ets:new(T, [public, named_table, Ty]) || {T, Ty} <- [{raw, ordered_set}, {flags, set},
                                                        {reg, set}, {plans, set}, {ctr, set}]],
    ets:insert(flags, {cur_step, -1}),
    vclock_reset(),
    Me = self(),
    Coll = spawn(fun() -> register(oracle_collector, self()), Me ! up, collector() end),
    receive up -> ok end,
    [setup_step(S) || S <- maps:get(<<"setup">>, Scn, [])],
    TopSpec = maps:get(<<"supervisor">>, Scn),
    {Top, TMon} = spawn_monitor(fun() -> top(Me, TopSpec) end),
    receive
        {boot, R} -> ok;
        {'DOWN', TMon, _, _, W} -> R = error({top_died, W})
    end,
    quiesce(),
    ev({boot, R}),
    steps(maps:get(<<"steps">>, Scn, []), 0),
    quiesce(),
    flush_trace(),
    Raw = ets:tab2list(raw),
    Lines = fold(Raw),
    %% clean up, unobserved
    Pids = [P || {_, P, _, _, _} <- ets:tab2list(reg)],
    exit(Top, kill),
    [exit(P, kill) || P <- Pids],
    [begin M = monitor(process, P), receive {'DOWN', M, _, _, _} -> ok end end || P <- Pids],
    Coll ! stop,
    CM = monitor(process, Coll),
    receive {'DOWN', CM, _, _, _} -> ok end,
    receive {'DOWN', TMon, _, _, _} -> ok end,
    [ets:delete(T) || T <- [raw, flags, reg, plans, ctr]],
    Lines.

steps([], _) -> ok;
steps([S | T], I) ->
    ets:insert(flags, {cur_step, I}),
    ev({step, I}),
    step(S, I),
    quiesce(),
    steps(T, I + 1).

setup_step(#{<<"fail_starts">> := _} = S) -> step(S, -1);
setup_step(#{<<"hang_stop">> := _} = S) -> step(S, -1).

step(#{<<"fail_starts">> := P} = S, I) ->
    ets:insert(plans, {P, maps:get(<<"times">>, S, 1), maps:get(<<"reason">>, S, <<"error">>), 0,
                       maps:get(<<"queue">>, S, []), I});
step(#{<<"hang_stop">> := P}, _) -> flag(hang, P);
step(#{<<"advance">> := D}, _) -> vclock_add(dur(D));
step(#{<<"stop">> := R}, I) ->
    case alive(<<>>) of
        {ok, Pid} ->
            M = monitor(process, Pid), Ref = make_ref(),
            oracle_top ! {stop_async, reason(R), self(), Ref},
            receive {Ref, ok} -> ok end,
            receive {'DOWN', M, _, _, _} -> ok end;
        error -> reply(I, {<<"error:noproc">>})
    end;
step(#{<<"exit">> := Ps} = S, I) when is_list(Ps) ->
    R = reason(maps:get(<<"reason">>, S, <<"crash">>)),
    Found = [alive(P) || P <- Ps],
    case lists:member(error, Found) of
        true -> reply(I, {<<"error:not_running">>});
        false ->
            Pids = [P || {ok, P} <- Found],
            [Sup] = lists:usort([parent(P) || P <- Ps]),
            ok = sys:suspend(Sup),
            [kill_worker(Pid, Sup, R) || Pid <- Pids],
            ok = sys:resume(Sup)
    end;
step(#{<<"exit">> := P} = S, I) ->
    R = reason(maps:get(<<"reason">>, S, <<"crash">>)),
    case {alive(P), kind(P)} of
        {error, _} -> reply(I, {<<"error:not_running">>});
        {{ok, _}, supervisor} when R =:= kill -> reply(I, {<<"error:unsupported">>});
        {{ok, Pid}, supervisor} ->
            flag(self_exit, Pid),
            Sup = parent(P),
            _ = (catch sys:terminate(Pid, R, infinity)),
            unlinked(Pid, Sup);
        {{ok, Pid}, worker} -> kill_worker(Pid, parent(P), R)
    end;
step(#{<<"start_child">> := _} = S, I) -> api(S, I);
step(#{<<"terminate_child">> := _} = S, I) -> api(S, I);
step(#{<<"restart_child">> := _} = S, I) -> api(S, I);
step(#{<<"delete_child">> := _} = S, I) -> api(S, I);
step(#{<<"count_children">> := _} = S, I) -> api(S, I);
step(#{<<"which_children">> := _} = S, I) -> api(S, I).

kill_worker(Pid, Sup, R) ->
    flag(self_exit, Pid),
    M = monitor(process, Pid),
    case R of
        kill -> exit(Pid, kill);
        _ -> Pid ! {'$exit', R}
    end,
    receive {'DOWN', M, _, _, _} -> ok end,
    unlinked(Pid, Sup).

%% wait until the exit signal has reached the parent
unlinked(Pid, Sup) ->
    case process_info(Sup, links) of
        {links, L} -> case lists:member(Pid, L) of
                          true -> timer:sleep(1), unlinked(Pid, Sup);
                          false -> ok
                      end;
        undefined -> ok
    end.

api(S, I) ->
    case request(S) of
        {reply, R} -> reply(I, R);
        {Sup, Req, Fmt} ->
            Helper = enqueue(Sup, Req, Fmt, I),
            M = monitor(process, Helper),
            receive {'DOWN', M, _, _, _} -> ok end
    end.

reply(I, R) -> ev({reply, I, R}).

%% -> {SupPid, GenServerRequest, Formatter} | {reply, Result}
request(#{<<"start_child">> := SP} = S) ->
    with_sup(SP, fun(Sup, Spec) ->
        case is_simple(Spec) of
            true ->
                N = ets:update_counter(ctr, SP, 1, {SP, 0}),
                [#{<<"id">> := Id} | _] = maps:get(<<"children">>, Spec),
                Nm = <<(join(SP, Id))/binary, "#", (integer_to_binary(N))/binary>>,
                {Sup, {start_child, [N]}, fun(R) -> fmt_start(R, Nm) end};
            false ->
                C = maps:get(<<"spec">>, S),
                {Sup, {start_child, child_spec(SP, C, false)},
                 fun(R) -> fmt_start(R, join(SP, maps:get(<<"id">>, C))) end}
        end
    end);
request(#{<<"terminate_child">> := P}) -> child_req(P, terminate_child);
request(#{<<"restart_child">> := P}) -> child_req(P, restart_child);
request(#{<<"delete_child">> := P}) -> child_req(P, delete_child);
request(#{<<"count_children">> := SP}) ->
    with_sup(SP, fun(Sup, _) -> {Sup, count_children, fun fmt_count/1} end);
request(#{<<"which_children">> := SP}) ->
    with_sup(SP, fun(Sup, Spec) ->
                         {Sup, which_children, fun(R) -> fmt_which(R, is_simple(Spec)) end}
                 end).

child_req(P, Op) ->
    {SP, Id} = split(P),
    with_sup(SP, fun(Sup, Spec) ->
        Fmt = fun(R) -> fmt_start(R, P) end,
        case is_simple(Spec) andalso Op =:= terminate_child andalso binary:match(Id, <<"#">>) of
            {_, _} ->
                %% a supervisor is in reg before it is up
                case flagged(started, P) of
                    true ->
                        [{_, Pid, _, _, _}] = ets:lookup(reg, P),
                        {Sup, {Op, Pid}, Fmt};
                    false -> {reply, {<<"error:not_found">>}}
                end;
            _ -> {Sup, {Op, Id}, Fmt}
        end
    end).

with_sup(SP, F) ->
    case ets:lookup(reg, SP) of
        [{_, Pid, supervisor, _, Spec}] ->
            case is_process_alive(Pid) of
                true -> F(Pid, Spec);
                false -> {reply, {<<"error:noproc">>}}
            end;
        _ -> {reply, {<<"error:noproc">>}}
    end.

split(P) ->
    case string:split(P, <<"/">>, trailing) of
        [Id] -> {<<>>, Id};
        [A, B] -> {A, B}
    end.

fmt_start({ok, undefined}, _) -> {<<"ok">>, null};
fmt_start({ok, _Pid}, Nm) -> {<<"ok">>, Nm};
fmt_start(ok, _) -> {<<"ok">>};
fmt_start({error, R}, _) -> {<<"error:", (err(R))/binary>>}.

err({already_started, _}) -> <<"already_started">>;
err(A) when A =:= already_present; A =:= not_found; A =:= running; A =:= restarting;
            A =:= simple_one_for_one; A =:= noproc -> atom_to_binary(A);
err({Tag, _}) when Tag =:= bad_combination; Tag =:= invalid_restart_type; Tag =:= invalid_shutdown;
                   Tag =:= invalid_child_type; Tag =:= invalid_significant -> atom_to_binary(Tag);
err(_) -> <<"start_failed">>.

fmt_count({error, _} = E) -> fmt_start(E, x);
fmt_count(L) -> {<<"ok">>, {obj, [{K, proplists:get_value(K, L)} || K <- [specs, active, supervisors, workers]]}}.

fmt_which({error, _} = E, _) -> fmt_start(E, x);
fmt_which(L, Simple) ->
    Es = [{case Simple of true -> inst_of(P); false -> Id end,
           case P of undefined -> <<"undefined">>; restarting -> <<"restarting">>; _ -> <<"running">> end,
           atom_to_binary(Ty)} || {Id, P, Ty, _} <- L],
    Es1 = case Simple of
              true -> lists:sort(fun({A, _, _}, {B, _, _}) -> inst_no(A) =< inst_no(B) end, Es);
              false -> Es
          end,
    {<<"ok">>, [{obj, [{id, Id}, {state, St}, {type, Ty}]} || {Id, St, Ty} <- Es1]}.

inst_of(Pid) when is_pid(Pid) ->
    case [P || {P, X, _, _, _} <- ets:tab2list(reg), X =:= Pid] of
        [P] -> {_, Id} = split(P), Id;
        _ -> null
    end;
inst_of(_) -> null.

inst_no(null) -> 1 bsl 60;
inst_no(Id) -> [_, N] = binary:split(Id, <<"#">>), binary_to_integer(N).

alive(P) ->
    case ets:lookup(reg, P) of
        [{_, Pid, _, _, _}] -> case is_process_alive(Pid) of true -> {ok, Pid}; false -> error end;
        [] -> error
    end.
kind(P) -> case ets:lookup(reg, P) of [{_, _, K, _, _}] -> K; [] -> none end.
parent(P) -> [{_, _, _, Par, _}] = ets:lookup(reg, P), Par.

reason(<<"shutdown:", T/binary>>) -> {shutdown, binary_to_atom(T)};
reason(B) -> binary_to_atom(B).

reason_out({shutdown, T}) when is_atom(T) -> <<"shutdown:", (atom_to_binary(T))/binary>>;
reason_out(A) when is_atom(A) -> atom_to_binary(A);
reason_out(T) -> fmt(T).

fmt(T) -> iolist_to_binary(io_lib:format("~0p", [T])).

%%% ------------------------------------------------------------------
%%% quiescence
%%% ------------------------------------------------------------------
quiesce() -> quiesce(0).
quiesce(2) -> ok;
quiesce(Good) ->
    N0 = n_events(),
    Sups0 = sups(),
    [catch gen_server:call(S, count_children, infinity) || S <- Sups0],
    flush_trace(),
    Ok = lists:all(fun idle/1, Sups0)
        andalso Sups0 =:= sups()
        andalso N0 =:= n_events(),
    case Ok of
        true -> quiesce(Good + 1);
        false -> timer:sleep(1), quiesce(0)
    end.

sups() -> lists:sort([P || {_, P, supervisor, _, _} <- ets:tab2list(reg), is_process_alive(P)]).

idle(S) ->
    case process_info(S, [message_queue_len, status, links]) of
        undefined -> false;
        [{_, 0}, {_, waiting}, {_, L}] ->
            lists:all(fun(P) -> is_pid(P) andalso is_process_alive(P) end, L);
        _ -> false
    end.

flush_trace() ->
    Ref = erlang:trace_delivered(all),
    receive {trace_delivered, all, Ref} -> ok end,
    Ref2 = make_ref(),
    oracle_collector ! {sync, self(), Ref2},
    receive {Ref2, ok} -> ok end.

%%% ------------------------------------------------------------------
%%% raw events -> trace
%%% ------------------------------------------------------------------
fold(Raw) -> fold(Raw, #{}).

fold([], _) -> [];
fold([{_, E} | T], M) ->
    case E of
        {start, Path, Pid, Kind} ->
            [[{event, <<"start">>}, {child, Path}] | fold(T, M#{Pid => {Path, Kind}})];
        {started_top, Pid} -> fold(T, M#{Pid => {<<>>, supervisor}});
        {start_failed, Path, R} ->
            [[{event, <<"start_failed">>}, {child, Path}, {reason, R}] | fold(T, M)];
        {start_ignored, Path} ->
            [[{event, <<"start_ignored">>}, {child, Path}] | fold(T, M)];
        {step, I} -> [[{event, <<"step">>}, {step, I}] | fold(T, M)];
        {reply, I, R} -> [reply_line(I, R) | fold(T, M)];
        {sent, _, H} ->
            case await_hreply(H, 1000) of
                {I, R} -> [reply_line(I, R) | fold(T, M)];
                none -> fold(T, M)
            end;
        {boot, {ok, _}} -> [[{event, <<"boot">>}, {result, <<"ok">>}] | fold(T, M)];
        {boot, {error, {shutdown, {failed_to_start_child, Id, _}}}} ->
            [[{event, <<"boot">>}, {result, <<"error:failed_to_start_child">>}, {child, Id}] | fold(T, M)];
        {boot, {error, R}} ->
            [[{event, <<"boot">>}, {result, <<"error:", (spec_reason(R))/binary>>}] | fold(T, M)];
        {boot, {'EXIT', R}} -> error({boot_crashed, R});
        {pexit, Pid, R} ->
            case M of
                #{Pid := {Path, worker}} -> [worker_exit(Path, Pid, R) | fold(T, maps:remove(Pid, M))];
                #{Pid := {Path, supervisor}} -> [sup_exit(Path, Pid, R) | fold(T, maps:remove(Pid, M))];
                _ -> fold(T, M)
            end
    end.

await_hreply(_, 0) -> none;
await_hreply(H, N) ->
    case ets:lookup(flags, {hreply, H}) of
        [{_, X}] -> X;
        [] -> timer:sleep(1), await_hreply(H, N - 1)
    end.

reply_line(I, {Res}) -> [{event, <<"reply">>}, {step, I}, {result, Res}];
reply_line(I, {Res, Val}) -> [{event, <<"reply">>}, {step, I}, {result, Res}, {value, Val}].

worker_exit(Path, Pid, R) ->
    case {flagged(self_exit, Pid), flagged(hung, Pid), R} of
        {true, _, _} -> exit_line(Path, R);
        {_, true, killed} -> stop_line(Path, <<"timeout_kill">>);
        {_, _, killed} -> stop_line(Path, <<"kill">>);
        {_, _, shutdown} -> stop_line(Path, <<"shutdown">>);
        _ -> exit_line(Path, R)
    end.

exit_line(P, R) -> [{event, <<"exit">>}, {child, P}, {reason, reason_out(R)}].
stop_line(P, H) -> [{event, <<"stop">>}, {child, P}, {how, H}].

sup_exit(Path, Pid, R) ->
    [{_, Parent}] = ets:lookup(flags, {sup_parent, Pid}),
    ByParent = ets:member(flags, {got_exit, Pid, Parent}),
    Reason = case {flagged(intensity, Pid), flagged(self_exit, Pid), ByParent, R} of
                 {true, _, _, _} -> <<"reached_max_restart_intensity">>;
                 {_, true, _, _} -> reason_out(R);
                 {_, _, true, _} -> reason_out(R);
                 {_, _, false, shutdown} -> <<"auto_shutdown">>;
                 {_, _, false, _} -> reason_out(R)
             end,
    [{event, <<"supervisor_exit">>}, {supervisor, Path}, {reason, Reason}].

%%% ------------------------------------------------------------------
%%% small things
%%% ------------------------------------------------------------------
atom(B) when is_binary(B) -> binary_to_atom(B);
atom(X) -> X.

dur(N) when is_integer(N) -> N;
dur(B) when is_binary(B) ->
    case re:run(B, "^(-?[0-9]+)(ms|s|m|h)$", [{capture, all_but_first, list}]) of
        {match, [N, U]} ->
            list_to_integer(N) * maps:get(U, #{"ms" => 1, "s" => 1000, "m" => 60000, "h" => 3600000});
        nomatch -> binary_to_atom(B)
    end.

%%% JSON ---------------------------------------------------------------
json_decode(B) ->
    {V, Rest} = jv(ws(B)),
    <<>> = ws(Rest),
    V.

ws(<<C, T/binary>>) when C =:= $\s; C =:= $\t; C =:= $\n; C =:= $\r -> ws(T);
ws(B) -> B.

jv(<<"{", T/binary>>) -> jobj(ws(T), #{});
jv(<<"[", T/binary>>) -> jarr(ws(T), []);
jv(<<$", T/binary>>) -> jstr(T, <<>>);
jv(<<"true", T/binary>>) -> {true, T};
jv(<<"false", T/binary>>) -> {false, T};
jv(<<"null", T/binary>>) -> {null, T};
jv(B) ->
    {match, [{0, L}]} = re:run(B, "^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?"
                               , [{capture, first}]),
    <<N:L/binary, T/binary>> = B,
    V = try binary_to_integer(N) catch _:_ ->
            try binary_to_float(N) catch _:_ -> error({bad_number, N}) end
        end,
    {V, T}.

jobj(<<"}", T/binary>>, M) -> {M, T};
jobj(<<$", T/binary>>, M) ->
    {K, T1} = jstr(T, <<>>),
    <<":", T2/binary>> = ws(T1),
    {V, T3} = jv(ws(T2)),
    case ws(T3) of
        <<",", T4/binary>> -> jobj(ws(T4), M#{K => V});
        <<"}", T4/binary>> -> {M#{K => V}, T4}
    end.

jarr(<<"]", T/binary>>, A) -> {lists:reverse(A), T};
jarr(B, A) ->
    {V, T} = jv(B),
    case ws(T) of
        <<",", T1/binary>> -> jarr(ws(T1), [V | A]);
        <<"]", T1/binary>> -> {lists:reverse([V | A]), T1}
    end.

jstr(<<$", T/binary>>, Acc) -> {Acc, T};
jstr(<<"\\u", H:4/binary, T/binary>>, Acc) ->
    jstr(T, <<Acc/binary, (binary_to_integer(H, 16))/utf8>>);
jstr(<<$\\, C, T/binary>>, Acc) ->
    R = case C of $n -> $\n; $t -> $\t; $r -> $\r; $b -> $\b; $f -> $\f; _ -> C end,
    jstr(T, <<Acc/binary, R>>);
jstr(<<C, T/binary>>, Acc) -> jstr(T, <<Acc/binary, C>>).

json_encode(null) -> <<"null">>;
json_encode(true) -> <<"true">>;
json_encode(false) -> <<"false">>;
json_encode(N) when is_integer(N) -> integer_to_binary(N);
json_encode(B) when is_binary(B) -> [$", [jesc(C) || <<C>> <= B], $"];
json_encode(A) when is_atom(A) -> json_encode(atom_to_binary(A));
json_encode({obj, KVs}) ->
    [${, lists:join($,, [[json_encode(atom_to_binary(K)), $:, json_encode(V)] || {K, V} <- KVs]), $}];
json_encode([{K, _} | _] = L) when is_atom(K), K =/= obj -> json_encode({obj, L});
json_encode(L) when is_list(L) -> [$[, lists:join($,, [json_encode(X) || X <- L]), $]].

jesc($") -> "\\\"";
jesc($\\) -> "\\\\";
jesc(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]);
jesc(C) -> C.
