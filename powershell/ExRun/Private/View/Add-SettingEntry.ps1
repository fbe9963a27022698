# What PowerShell adds to an object that comes from a job or another computer: where it was made is no setting.
$script:OriginMembers = 'PSComputerName', 'RunspaceId', 'PSShowComputerName', 'PSSourceJobInstanceId'

function Add-SettingEntry {
    <#
    .SYNOPSIS
        Adds a name and a text for each setting to a list, settings within one below it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Settings,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [System.Collections.Generic.List[object]] $Entry,
        [Parameter(Mandatory = $true)] [int] $Depth
    )

    # Times are strings, with seven digits behind the seconds that say nothing.
    $noFraction = '(?<=^([\d-]{10}T)?\d\d:\d\d:\d\d)\.0+$'
    foreach ($setting in $Settings.PSObject.Properties) {
        if ($setting.Name.StartsWith('@odata.', [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        if ($Depth -eq 0 -and $setting.Name -in $script:OriginMembers) { continue }
        $name = ' ' * (2 * $Depth) + (Format-OneLine -Value $setting.Name -Most 40)
        $value = $setting.Value
        if ($value -isnot [System.Management.Automation.PSCustomObject]) {
            # A reply to mail, which is HTML.
            $isHtml = $setting.Name.EndsWith('Message', [System.StringComparison]::OrdinalIgnoreCase)
            $Entry.Add(@{ Name = $name; Text = (Format-OneLine -Value $value -Most 72 -Html:$isHtml) -replace $noFraction })
            continue
        }
        $members = @($value.PSObject.Properties | Microsoft.PowerShell.Core\Where-Object { -not $_.Name.StartsWith('@odata.') })
        $isFlat = -not @($members | Microsoft.PowerShell.Core\Where-Object { $_.Value -is [System.Management.Automation.PSCustomObject] })
        # A language, a time with its zone, the name of a zone.
        if (($isFlat -and $members.Count -le 2) -or $Depth -ge $script:SettingDepth) {
            $texts = foreach ($member in $members) { (Format-OneLine -Value $member.Value -Most 40) -replace $noFraction }
            $Entry.Add(@{ Name = $name; Text = @($texts | Microsoft.PowerShell.Core\Where-Object { $_ }) -join ', ' })
        } else {
            $Entry.Add(@{ Name = $name; Text = '' })
            Add-SettingEntry -Settings $value -Entry $Entry -Depth ($Depth + 1)
        }
    }
}
