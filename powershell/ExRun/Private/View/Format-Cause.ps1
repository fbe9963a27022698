# More causes than these are one line of how many there are.
$script:MostCauses = 8

function Format-Cause {
    <#
    .SYNOPSIS
        Why mailboxes failed, a text for each cause with how many they are, the most common first.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Outcomes)

    if ($Outcomes -isnot [System.Management.Automation.PSCustomObject]) { return }
    $causes = @($Outcomes.PSObject.Properties | Microsoft.PowerShell.Core\Where-Object { $_.Name -ne 'Ok' } |
            Microsoft.PowerShell.Utility\Sort-Object -Property @{ Expression = { $_.Value }; Descending = $true }, Name)
    for ($index = 0; $index -lt $causes.Count; $index++) {
        if ($index -eq $script:MostCauses) {
            '{0:N0} more causes' -f ($causes.Count - $index)
            break
        }
        '{0:N0} {1}' -f $causes[$index].Value, (Format-OneLine -Value $causes[$index].Name -Most 80)
    }
}
