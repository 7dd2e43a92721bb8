import Foundation
import MemtopHTTP
import Testing

@testable import TestSupport

/// `memtop export` on a port of its own, for as long as a script of Python's talks to it.
private enum Exporter {
  /// What every script has: `ask` sends bytes as they are and returns all that comes.
  private static let prelude = #"""
    import socket, sys, threading
    port = int(sys.argv[1])
    def ask(text):
        s = socket.create_connection(("127.0.0.1", port), 30)
        s.sendall(text.encode("latin-1"))
        data = b""
        while True:
            try: piece = s.recv(65536)
            except ConnectionResetError: break
            if not piece: break
            data += piece
        return data.decode("utf-8", "replace")
    def get(path, *headers, method="GET"):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers]
        head, _, body = ask("\r\n".join(lines) + "\r\n\r\n").partition("\r\n\r\n")
        status, *rest = head.split("\r\n")
        fields = dict(line.split(": ", 1) for line in rest)
        return int(status.split()[1]), fields, body

    """#

  /// The script's output; then how the exporter ended by TERM, and what it said.
  ///
  /// - Parameter input: of the script.
  static func run(
    _ script: String, arguments: String = "--listen 127.0.0.1:0", input: String = ""
  ) throws -> Program {
    let directory = try TextfileDirectory()
    try Data(input.utf8).write(to: URL(fileURLWithPath: directory.path + "/input"))
    try Data((prelude + script).utf8).write(to: URL(fileURLWithPath: directory.path + "/script"))
    return try Program.shell(
      """
      : >"$1/log"; "$0" export --demo \(arguments) 2>"$1/log" & pid=$!
      is_up() {
        port=$(sed -n 's|^memtop: metrics are at http://.*:\\([0-9]*\\)/metrics$|\\1|p' "$1/log")
        [ -n "$port" ]
      }
      await is_up "$1"
      pid=$pid python3 "$1/script" $port <"$1/input"; kill $pid; wait $pid; echo "ended $?"; cat "$1/log" >&2
      """, [directory.path])
  }
}

@Suite("memtop export, over HTTP", .timeLimit(.minutes(30)))
struct MetricsServiceTests {
  @Test(
    "a scraper gets the format that it asks for, with its name, and TERM ends the service with 0")
  func formats() throws {
    let run = try Exporter.run(
      """
      plain = get("/metrics")
      print(plain[0], plain[1]["Content-Type"], "memtop_up 1" in plain[2].split("\\n"), "# EOF" in plain[2])
      accept = "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
      open = get("/metrics?x=y", accept)
      print(open[0], open[1]["Content-Type"], open[2].endswith("\\n# EOF\\n"), open[1]["Vary"])
      print(len(open[2].encode()) == int(open[1]["Content-Length"]))
      """)
    #expect(
      run.output == """
        200 text/plain; version=0.0.4; charset=utf-8 True False
        200 application/openmetrics-text; version=1.0.0; charset=utf-8 True Accept
        True
        ended 0

        """, "\(run)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run)")
  }

  @Test("other paths, methods and garbage get an answer or none, and the next scrape its page")
  func others() throws {
    let run = try Exporter.run(
      """
      print(get("/")[0], get("/")[2].count("\\n"))
      print([get(path)[0] for path in ["/metrics/", "/../metrics", "/x", "/%2e%2e/etc/passwd", "*"]])
      status, fields, body = get("/metrics", method="HEAD")
      print(status, body == "", int(fields["Content-Length"]) > 10000)
      for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]:
          status, fields, body = get("/metrics", method=method)
          print(method, status, fields.get("Allow"), body.strip())
      print(get("/metrics", method="NONSENSE")[0] >= 400)
      ask("POST /metrics HTTP/1.1\\r\\nContent-Length: 99999999\\r\\n\\r\\n" + "x" * 1000)
      ask("GET /metrics HTTP/1.1\\r\\nX: " + "x" * 100000 + "\\r\\n\\r\\n")
      for text in ["\\0\\1\\2\\r\\n\\r\\n", "\\r\\n\\r\\n", "GET\\r\\n\\r\\n", "GET /metrics HTTP/9.9\\r\\n\\r\\n",
                   "GET http://[/metrics HTTP/1.1\\r\\n\\r\\n", "GET /\\xff HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n"]:
          try: ask(text)
          except OSError: pass
      for _ in range(20):
          s = socket.create_connection(("127.0.0.1", port)); s.send(b"GET /metrics HTTP/1.1\\r\\n\\r\\n"); s.close()
      print(get("/metrics")[0])
      """)
    #expect(
      run.output == """
        200 1
        [404, 404, 404, 404, 404]
        200 True True
        POST 405 GET, HEAD Only GET and HEAD
        PUT 405 GET, HEAD Only GET and HEAD
        DELETE 405 GET, HEAD Only GET and HEAD
        OPTIONS 405 GET, HEAD Only GET and HEAD
        PATCH 405 GET, HEAD Only GET and HEAD
        TRACE 405 GET, HEAD Only GET and HEAD
        True
        200
        ended 0

        """, "\(run)")
  }

  @Test("many scrapers at the same time all get a whole page")
  func concurrent() throws {
    let run = try Exporter.run(
      """
      pages = []
      def scrape(): pages.append(get("/metrics")[2])
      threads = [threading.Thread(target=scrape) for _ in range(30)]
      for t in threads: t.start()
      for t in threads: t.join()
      print(len(pages), all("memtop_up 1\\n" in p and p.endswith("\\n") for p in pages), len(set(pages)) < 30)
      """)
    #expect(run.output == "30 True True\nended 0\n", "\(run)")
  }

  @Test(
    "askers who do not take their pages cost no memory without end, and the service goes on without them"
  )
  func slow() throws {
    let run = try Exporter.run(
      """
      import os, time
      def held():
          with open(f"/proc/{os.environ['pid']}/status") as f:
              return int([l for l in f if l.startswith("VmRSS")][0].split()[1]) // 1024
      get("/metrics")
      before = held()
      sockets = []
      for _ in range(40):
          s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
          s.connect(("127.0.0.1", port)); s.send(b"GET /metrics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
          sockets.append(s)
          time.sleep(0.05)
      for s in sockets: s.recv(1)
      print(held() - before < 60)
      busy = get("/metrics")
      print(busy[0], busy[2])
      for s in sockets: s.close()
      print(get("/metrics")[0])
      """, arguments: "--scenario crowd --listen 127.0.0.1:0")
    #expect(
      run.output == """
        True
        503 Too many scrapes

        200
        ended 0

        """, "\(run)")
    // Once, however many there were.
    let said = run.errors.split(separator: "\n").filter { $0.contains("too many scrapes: 64 wait") }
    #expect(said.count == 1, "\(run)")
  }

  @Test("a socket that systemd has opened is used, and no other is opened")
  func activation() throws {
    let run = try Program.shell(
      #"""
      python3 - "$0" <<'END'
      import os, socket, sys, time, urllib.request, signal
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(16)
      port = s.getsockname()[1]
      pid = os.fork()
      if pid == 0:
          os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
          env = dict(os.environ, LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
          os.execve(sys.argv[1], ["memtop", "export", "--demo"], env)
      page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60).read()
      print(b"memtop_up 1" in page)
      os.kill(pid, signal.SIGTERM); print(os.waitpid(pid, 0)[1])
      END
      """#)
    #expect(run.output == "True\n0\n", "\(run)")
    #expect(run.errors.hasPrefix("memtop: metrics are at http://127.0.0.1:"), "\(run)")
  }

  @Test("an address that others can reach is warned of; one that is taken is said in one line")
  func addresses() throws {
    let warned = try Exporter.run("print(get('/')[0])", arguments: "--listen 0.0.0.0:0")
    #expect(warned.output == "200\nended 0\n")
    #expect(warned.errors.contains("memtop: warning: 0.0.0.0:"), "\(warned)")
    let taken = try Exporter.run(
      """
      import subprocess
      run = subprocess.run([\"\(Program.path)\", "export", "--demo", "--listen", f"127.0.0.1:{port}"],
        capture_output=True, text=True)
      print(run.returncode, run.stderr.replace(str(port), "PORT"), end="")
      """)
    #expect(
      taken.output.hasPrefix(
        "1 memtop: cannot listen on 127.0.0.1, port PORT: Address already in use\n"), "\(taken)")
    let both = try Program.run("export", "--listen", "127.0.0.1:0", "--textfile", "/tmp")
    #expect(both.status == 64 && both.errors.contains("--listen cannot be used with --textfile"))
  }

  @Test("whatever it is asked, it answers with nothing of that, and goes on")
  func hostile() throws {
    let corpus = HostileCorpus.all.map { entry in
      entry.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    let run = try Exporter.run(
      #"""
      def send(bytes):
          s = socket.create_connection(("127.0.0.1", port), 30)
          data = b""
          # It may answer and close before all is sent, or before it is told that this was all.
          try:
              s.sendall(bytes)
              s.shutdown(socket.SHUT_WR)
          except OSError: pass
          try:
              while piece := s.recv(65536): data += piece
          except ConnectionResetError: pass
          return data
      seen, harmful = set(), 0
      version, end = b" HTTP/1.1\r\n", b"Host: x\r\nConnection: close\r\n\r\n"
      for entry in map(bytes.fromhex, sys.stdin.read().split("\n")):
          for request in [
              entry + b"\r\n\r\n", entry + b" /metrics" + version + end, b"GET " + entry + version + end,
              b"GET /metrics?" + entry + version + end, b"GET /metrics " + entry + b"\r\n" + end,
              b"GET /metrics" + version + b"Accept: " + entry + b"\r\n" + end,
              b"GET /metrics" + version + entry + b": x\r\n" + end,
              b"POST /metrics" + version + b"Content-Length: " + entry + b"\r\n" + end + entry]:
              answer = send(request)
              if answer:
                  status = answer.split(b" ", 2)[1]
                  seen.add(status.decode())
                  harmful += status != b"200" and len(entry) > 3 and entry in answer
              harmful += any(c < 32 and c not in b"\r\n" or c == 127 for c in answer)
      expected = {"200", "400", "403", "404", "405", "413", "417", "501"}
      print(sorted(seen - expected), harmful, get("/metrics")[0])
      """#, input: corpus.joined(separator: "\n"))
    #expect(run.output == "[] 0 200\nended 0\n", "\(run)")
  }

  @Test(
    "an address is a number, and its port another",
    arguments: [
      ("127.0.0.1:10640", "127.0.0.1", 10640), ("10640", "127.0.0.1", 10640),
      ("[::1]:80", "::1", 80), ("localhost:80", "127.0.0.1", 80), ("0.0.0.0:0", "0.0.0.0", 0),
      ("::1:80", nil, 0), ("xen1:80", nil, 0), ("127.0.0.1:", nil, 0), ("127.0.0.1:65536", nil, 0),
      ("127.0.0.1:+80", nil, 0), (":80", nil, 0), ("[127.0.0.1]:80", nil, 0), ("", nil, 0),
      ("1.2.3:80", nil, 0), ("[::1]80", nil, 0),
    ] as [(String, String?, UInt16)])
  func parsing(text: String, address: String?, port: UInt16) {
    let found = ListenAddress(text)
    #expect(found?.address == address)
    if address != nil { #expect(found?.port == port) }
  }
}
