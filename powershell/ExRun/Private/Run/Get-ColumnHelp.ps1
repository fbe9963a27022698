function Get-ColumnHelp {
    <#
    .SYNOPSIS
        Why objects with such columns name no mailbox, and how the file would be read that they most likely come from.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [AllowEmptyString()] [string[]] $Name)

    $shown = @($Name | Microsoft.PowerShell.Utility\Select-Object -First 30) -join ', '
    if ($Name.Count -gt 30) { $shown += ', and {0} more' -f ($Name.Count - 30) }
    if ($Name.Count -eq 0) { $shown = 'none' }
    $message = 'the input names no mailbox: its first object has the columns {0}, and none of {1}' -f $shown, ($script:IdentityMembers -join ', ')
    $quoted = { param([string] $Delimiter) if ($Delimiter -eq "`t") { '"`t"' } else { "'$Delimiter'" } }
    # What Excel begins a file with; Import-Csv takes it for the names of the columns.
    if ((Get-ColumnLetter -Name ($Name -join '')) -match '^sep=') {
        $delimiter = ';'
        if (($Name -join '') -match 'sep=([;,|\t])') { $delimiter = $Matches[1] }
        return '{0}; the file begins with a line that names its delimiter: read it with Get-Content FILE | Select-Object -Skip 1 | ConvertFrom-Csv -Delimiter {1}' -f $message, (& $quoted $delimiter)
    }
    foreach ($delimiter in ';', "`t", '|', ',') {
        if (@($Name | Microsoft.PowerShell.Core\Where-Object { $_.Contains($delimiter) }).Count -gt 0) {
            return '{0}; read the file with Import-Csv -Delimiter {1}' -f $message, (& $quoted $delimiter)
        }
    }
    return '{0}; rename the column that holds the addresses, or hand over its values alone' -f $message
}
