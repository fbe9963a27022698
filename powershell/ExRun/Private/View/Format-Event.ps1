function Format-Event {
    <#
    .SYNOPSIS
        An event of the library as a sentence for -Verbose, with times and numbers as they are written here.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Entry)

    $of = { param([string] $Name) Get-MemberValue -InputObject $Entry -Name $Name }
    $text = Format-OneLine -Value $Entry.message -Most 4096
    switch ($Entry.event) {
        { $_ -in 'retry', 'throttled' } {
            $wait = & $of 'waitMs'
            $cause = $text -replace '^[^:]* again in \d+ ms: '
            $asked = if ($_ -eq 'throttled') { 'the service asked to wait: ' } else { '' }
            if ($null -ne $wait) { $text = '{0}try {1:N0} failed, the next one comes in {2:N1} s: {3}' -f $asked, (& $of 'tries'), ($wait / 1000), $cause }
        }
        'held' {
            $wait = & $of 'waitMs'
            if ($null -ne $wait) { $text = 'the service asked the app to slow down: no request starts for {0:N1} s' -f ($wait / 1000) }
        }
        { $_ -in 'token', 'storedToken' } {
            $until = & $of 'expiresOn'
            # PowerShell 7 makes a time of the text by itself.
            if ($until -is [string]) { $until = [datetimeoffset]::Parse($until, [cultureinfo]::InvariantCulture).LocalDateTime }
            if ($until -is [datetime]) { $until = $until.ToLocalTime() }
            $begin = if ($_ -eq 'token') { 'got a new token' } else { 'took a token that was kept' }
            if ($null -ne $until) { $text = '{0} for {1}, valid until {2:g}' -f $begin, (& $of 'resource'), $until }
        }
    }
    if ($text -eq '') { return $text }
    $text = $text.Substring(0, 1).ToUpperInvariant() + $text.Substring(1)
    if ($text -notmatch '[.!?]$') { $text += '.' }
    return $text
}
