function Assert-OutFileParameter {
    <#
    .SYNOPSIS
        Throws where what is said of a file of rows does not go together.
    #>
    [CmdletBinding()]
    param(
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $file = $Bound['OutFile']
    foreach ($name in 'DefuseFormulas', 'Encoding') {
        if ($Bound[$name] -and -not $file) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('-{0} needs -OutFile' -f $name))
        }
    }
    if ($file -and [System.IO.Path]::GetExtension($file) -notin '.csv', '.jsonl', '.ndjson', '.html', '.htm') {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $file -Message (
            '-OutFile {0}: its ending says what is written, and must be .csv, .jsonl or .html' -f $file))
    }
    if ($Bound['Encoding'] -and [System.IO.Path]::GetExtension($file) -ne '.csv') {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $file -Message (
            '-Encoding {0}: is for files of .csv, and -OutFile {1} is none; the others are UTF-8 without a byte order mark' -f $Bound['Encoding'], $file))
    }
}
