//! The pitfalls that log viewers fall into, as a table.

use super::*;

/// The class of a line: first letter of `error`, `warning`, `info`, `debug`, or `.` for other.
fn class(line: &str) -> char {
    match detect(line).map_or(Severity::Other, |found| found.severity) {
        Severity::Error => 'e',
        Severity::Warning => 'w',
        Severity::Info => 'i',
        Severity::Debug => 'd',
        Severity::Other => '.',
    }
}

#[track_caller]
fn check(table: &[(char, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .filter(|(expected, line)| class(line) != *expected)
        .map(|(expected, line)| {
            format!("{line:?}: {} instead of {expected} by {:?}", class(line), detect(line))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_patterns_compile_and_spans_lie_in_the_line() {
    for line in ["", " ", "é", "[", "<", "<999>x", "ERROR", "a=b=c", "[é] ERROR x", "12:00:00 é"]
    {
        if let Some(found) = detect(line) {
            assert!(line.get(found.span).is_some(), "{line}");
        }
    }
}

#[test]
fn levels_are_found_in_header_position() {
    check(&[
        ('e', "ERROR boom"),
        ('e', "2024-05-01 10:00:00,123 ERROR [main] c.e.App - boom"),
        ('e', "2024-05-01 10:00:00.123 [http-nio-8080-exec-1] ERROR c.e.App - boom"),
        ('e', "2024/05/01 10:00:00 [error] 12#0: *1 open() failed"),
        ('e', "[Wed May 01 10:00:00.123456 2024] [core:error] [pid 1:tid 2] boom"),
        ('e', "2024-05-01 10:00:00.123 UTC [812] ERROR:  relation \"x\" does not exist"),
        ('e', "2024-05-01 10:00:00 UTC [812] app@db FATAL:  password"),
        ('w', "2024-05-01T10:00:00.1Z 0 [Warning] [MY-010068] [Server] CA"),
        ('e', "ERROR:root:boom"),
        ('w', "2024-05-01 10:00:00,123 - my.module - WARNING - hm"),
        ('e', "[2024-05-01T10:00:00Z ERROR my_crate] boom"),
        ('e', "[10:00:00 ERR] boom"),
        ('e', "[2024-05-01 10:00:00,123: ERROR/MainProcess] boom"),
        ('e', "2024-05-01 10:00:00.1234|ERROR|App.Logger|boom"),
        ('e', "[2024-05-01 10:00:00] production.ERROR: boom {}"),
        ('e', "E, [2024-05-01T10:00:00.123 #12] ERROR -- : boom"),
        ('w', "2015-07-29 17:41:44,747 - WARN  [QuorumPeer] - error = x"),
        ('e', "[1234:5678:0501/100000.123456:ERROR:gpu.cc(12)] boom"),
        ('e', "fail: Microsoft.AspNetCore.Server.Kestrel[13]"),
        ('w', "npm WARN deprecated x"),
        ('e', "npm ERR! code ELIFECYCLE"),
        ('e', "│ Error: Invalid reference"),
        ('i', "INFO handling ERROR page"),
        ('i', "2024-05-01 10:00:00 Information Connected after error"),
        ('w', "2024-05-01 10:00:00 Warn failed over, error follows"),
        ('d', "2024-05-01 10:00:00 DEBUG no error"),
        ('e', "src/main.c:12:5: error: expected ';'"),
        ('e', "10:00AM FTL boom"),
        ('w', "  2024-05-01T10:00:00.1Z  WARN app: hm"),
    ]);
}

#[test]
fn words_elsewhere_are_nothing() {
    check(&[
        ('.', "0 errors"),
        ('.', "errors=0"),
        ('.', "no error"),
        ('.', "-rw-r--r-- 1 root root 0 May  1 10:00 error.log"),
        ('.', "GET /error/404"),
        ('.', "NOERROR"),
        ('.', "   Compiling thiserror v2.0.1"),
        ('.', "mount: errors=remount-ro"),
        ('.', "error_count 5"),
        ('.', "error-free since May"),
        ('.', "myapp --level error"),
        ('.', "LOG_LEVEL=WARN"),
        ('.', "$ grep ERROR app.log"),
        ('.', "user@host:~$ grep ERROR app.log"),
        ('.', "Error: 0"),
        ('.', "error: null,"),
        ('.', "[error]"),
        ('.', "    ERROR: 3,"),
        ('.', "  -e, --error  stop on error"),
        ('.', "2024-05-01 10:00:00 Received ERROR packet"),
        ('.', "see http://x/?level=error"),
        ('.', "preferred referral interrupt"),
        (
            '.',
            "127.0.0.1 - - [01/May/2024:10:00:00 +0000] \"GET /error HTTP/1.1\" 404 12 \"-\" \"3 errors\"",
        ),
    ]);
}

#[test]
fn crashes_and_counts_need_no_level() {
    check(&[
        ('e', "thread 'main' panicked at src/main.rs:1:2:"),
        ('e', "panic: runtime error: index out of range"),
        ('e', "Traceback (most recent call last):"),
        ('e', "Segmentation fault (core dumped)"),
        ('e', "error[E0308]: mismatched types"),
        ('e', "Exception in thread \"main\" java.lang.X"),
        ('e', "[1234.567890] Out of memory: Killed process 12 (x)"),
        ('e', "127.0.0.1 - - [01/May/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 502 12"),
        ('e', "3 errors generated."),
        ('e', "=== 2 failed, 3 passed in 0.12s ==="),
        ('w', "0 errors, 2 warnings"),
        ('.', "unlocked after 3 failed attempts"),
        ('.', "test result: ok. 3 passed; 0 failed; 0 ignored"),
    ]);
}
