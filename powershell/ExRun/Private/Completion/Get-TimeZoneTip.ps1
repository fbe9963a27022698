function Get-TimeZoneTip {
    <#
    .SYNOPSIS
        What Windows says of its time zones: offset and cities. Other systems have other names for them, and say nothing.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    $tips = @{}
    if ([System.IO.Path]::DirectorySeparatorChar -ne '\') { return $tips }
    foreach ($zone in [System.TimeZoneInfo]::GetSystemTimeZones()) { $tips[$zone.Id] = $zone.DisplayName }
    return $tips
}
