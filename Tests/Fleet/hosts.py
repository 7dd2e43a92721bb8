"""hosts.py MEMTOP DIRECTORY [loopback]: three hosts, each a network namespace with a real sshd, on one screen
in tmux. Where there can be no namespaces, and with "loopback", each is an address of the loopback, and one that
stalls is stopped.

Says in a line each what came true, or what did not. What it starts ends with it. Needs root.
"""
import os, re, shutil, signal, subprocess, sys, time

memtop, directory = sys.argv[1:3]
isLoopback = "loopback" in sys.argv[3:]
names = [f"mt{os.getpid()}x{n}" for n in (1, 2, 3)]
hosts = ["xen1", "xen2", "xen3"]
tmux = ["tmux", "-L", f"memtop-{os.getpid()}"]
servers = {}


def run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def path(name):
    return os.path.join(directory, name)


def write(name, text, mode=0o600):
    with open(path(name), "w") as file:
        file.write(text)
    os.chmod(path(name), mode)
    return path(name)


def key(name):
    for old in (path(name), path(name) + ".pub"):
        if os.path.exists(old):
            os.remove(old)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name))


def address(n):
    return f"127.213.{n}.2" if isLoopback else f"10.213.{n}.2"


def processes(n):
    """Everything that runs on host n, the sshd first."""
    if not isLoopback:
        return [int(pid) for pid in run("ip", "netns", "pids", names[n - 1], check=False).split()]
    found = [servers[n].pid]
    for pid in found:
        found += [int(child) for child in run("pgrep", "-P", str(pid), check=False).split()]
    return found


def stall(n, isStalled):
    if isLoopback:
        for pid in processes(n):
            os.kill(pid, signal.SIGSTOP if isStalled else signal.SIGCONT)
    else:
        run("ip", "link", "set", names[n - 1] + "h", "down" if isStalled else "up")


def network(n, name):
    global isLoopback
    isLoopback = isLoopback or subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0
    if isLoopback:
        return
    run("ip", "link", "add", f"{name}h", "type", "veth", "peer", "name", f"{name}g", "netns", name)
    run("ip", "address", "add", f"10.213.{n}.1/30", "dev", f"{name}h")
    run("ip", "link", "set", f"{name}h", "up")
    run("ip", "-n", name, "address", "add", f"{address(n)}/30", "dev", f"{name}g")
    run("ip", "-n", name, "link", "set", f"{name}g", "up")


def serve(n, name):
    """An sshd on host n, whose memtop is a file that the test can replace."""
    config = write(
        f"sshd{n}.conf",
        f"Port 2213\nListenAddress {address(n)}\nHostKey {path(f'host{n}')}\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {path('login.pub')}\nPermitRootLogin yes\nStrictModes no\nPasswordAuthentication no\n")
    servers[n] = subprocess.Popen(
        ([] if isLoopback else ["ip", "netns", "exec", name]) + ["/usr/sbin/sshd", "-D", "-e", "-f", config],
        stderr=open(path(f"sshd{n}.log"), "ab"), stdin=subprocess.DEVNULL)


def install(n):
    write(f"memtop{n}", f'#!/bin/sh\nexec {memtop} "$@" --demo --seed {n}\n', 0o755)


def known():
    lines = [f"[{address(n)}]:2213 {open(path(f'host{n}.pub')).read()}" for n in (1, 2, 3)]
    write("known", "".join(lines))


def screen():
    return run(*tmux, "capture-pane", "-p")


def keys(*words):
    run(*tmux, "send-keys", *words)


def line(host):
    return next((text for text in screen().splitlines() if text.startswith(host + " ")), "")


def until(what, seconds, answer):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer():
            print(what, flush=True)
            return
        time.sleep(0.1)
    print("not in time:", what)
    print(screen())
    sys.exit(1)


def clock():
    return re.search(r"\d\d:\d\d:\d\d", screen()).group()


def end(n):
    """Ends the sshd of host n and everything that runs there."""
    for pid in processes(n):
        os.kill(pid, signal.SIGKILL)
    servers[n].wait()


def command(pid):
    try:
        return open(f"/proc/{pid}/cmdline", "rb").read()
    except OSError:
        return b""


def main():
    os.makedirs("/run/sshd", exist_ok=True)
    key("login")
    for n, name in enumerate(names, 1):
        key(f"host{n}")
        network(n, name)
        install(n)
        serve(n, name)
    known()
    config = write(
        "ssh.conf",
        f"Host *\n Port 2213\n User root\n IdentityFile {path('login')}\n UserKnownHostsFile {path('known')}\n"
        " GlobalKnownHostsFile /dev/null\n")
    ssh = write("ssh", f'#!/bin/sh\nexec /usr/bin/ssh -F {config} "$@"\n', 0o755)
    listed = write(
        "hosts", "".join(f"[{host}]\naddress = {address(n)}\nmemtop = {path(f'memtop{n}')}\n"
                         for n, host in enumerate(hosts, 1)))
    write("known", "")
    run(*tmux, "-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50",
        f"{memtop} --hosts {listed} --ssh {ssh}; sleep 600")
    until("hosts whose keys are not known are refused", 20,
          lambda: all("Host key verification failed" in line(host) for host in hosts))
    known()
    until("three hosts are shown", 30, lambda: all("18 domains" in line(host) for host in hosts))

    keys("/"); keys("host:xen2 web1"); keys("Enter")
    until("a filter shows one host's guest", 5, lambda: "1 of 54" in screen())
    keys("]"); keys("Enter")
    until("the review is of that host", 5, lambda: "Free on xen2 (not promised)" in screen())
    keys("y")
    until("a target is set through ssh", 20, lambda: re.search(r"web1 on xen2: target \S+ is set", screen()))
    keys("/"); keys("C-u"); keys("Enter")

    stall(2, True)
    until("a host that stalls is named", 20, lambda: "no figures for" in line("xen2"))
    until("it is given up", 20, lambda: re.search(r"old: .*(Timeout|not responding)", line("xen2")))
    before = clock()
    until("the others go on", 5, lambda: clock() != before and "old" not in line("xen1") + line("xen3"))
    keys("/"); keys("host:xen2 web1"); keys("Enter"); keys("]")
    until("nothing is staged on old figures", 5,
          lambda: "Cannot stage on old figures: xen2 does not respond" in screen())
    keys("/"); keys("C-u"); keys("Enter")
    stall(2, False)
    until("it is back", 60, lambda: line("xen2") and "old" not in line("xen2"))

    end(3)
    until("a host that is killed is named", 20, lambda: "old: " in line("xen3"))
    write("memtop3", '#!/bin/sh\necho "memtop: unknown subcommand \\"serve\\"" >&2\nexit 64\n', 0o755)
    serve(3, names[2])
    until("it returns with a memtop that is too old", 60, lambda: "its memtop is too old" in line("xen3"))
    install(3)
    until("and with a new one", 90, lambda: line("xen3") and "old" not in line("xen3"))

    end(1)
    key("host1")
    serve(1, names[0])
    until("a host with another key is refused", 60,
          lambda: "Host key verification failed" in line("xen1"))
    keys("q")
    until("memtop ends", 10, lambda: "18 domains" not in screen())
    until("nothing of it is left on the hosts", 10, lambda: not any(
        b"serve" in command(pid) for n in (1, 2, 3) for pid in processes(n)))


try:
    main()
finally:
    run(*tmux, "kill-server", check=False)
    for n, server in servers.items():
        if server.poll() is None:
            end(n)
    for name in [] if isLoopback else names:
        run("ip", "netns", "del", name, check=False)
