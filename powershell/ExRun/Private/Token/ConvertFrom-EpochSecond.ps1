function ConvertFrom-EpochSecond {
    <#
    .SYNOPSIS
        The local time of seconds since 1970, given as a number or text; null for what is neither, or beyond all dates.
    #>
    [CmdletBinding()]
    param([AllowNull()] [object] $Second)

    $number = [long] 0
    if (-not [long]::TryParse([string] $Second, [ref] $number)) { return $null }
    # As far as a DateTimeOffset goes.
    if ($number -lt 0 -or $number -gt 253402300799) { return $null }
    return [System.DateTimeOffset]::FromUnixTimeSeconds($number).LocalDateTime
}
